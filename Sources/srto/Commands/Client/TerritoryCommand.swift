import ArgumentParser

/// `srto territory`: the hierarchy and its metrics.
struct TerritoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "territory", abstract: "Look at territories.", subcommands: [List.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List territories as a hierarchy with their metrics.")

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let territories = try await api.territories()
                if output.json {
                    console.print(try JSONValue.array(territories).text(pretty: true))
                } else if territories.isEmpty {
                    console.print("no territories")
                } else {
                    console.print(Self.table(territories).lines(console.outputStyle))
                }
            }
        }

        static func table(_ territories: [JSONValue]) -> TextTable {
            var table = TextTable([
                .init("territory"), .init("name"), .init("level"), .init("outlets", .right), .init("GT", .right),
                .init("MT", .right), .init("routes", .right), .init("version", .right),
            ])
            for (depth, territory) in TerritoryTree.order(territories) {
                let id = territory["territoryId"]?.cell ?? ""
                let counts = ["outlets", "gtOutlets", "mtOutlets", "routes"].map {
                    territory[$0]?.wholeNumber.map(\.grouped) ?? "-"
                }
                table.add(
                    [String(repeating: "  ", count: depth) + id]
                        + ["territoryName", "level"].map { territory[$0]?.cell ?? "" } + counts
                        + [territory["version"]?.cell ?? ""])
            }
            return table
        }
    }
}

/// Puts children under their parents.
enum TerritoryTree {
    /// Each territory with its depth, siblings by id. One whose parent is not in the list stands at the root; nothing
    /// is lost, rings of parents included.
    static func order(_ territories: [JSONValue]) -> [(depth: Int, territory: JSONValue)] {
        func id(_ territory: JSONValue) -> String { territory["territoryId"]?.cell ?? "" }
        let sorted = territories.sorted { id($0) < id($1) }
        let known = Set(sorted.map(id))
        var children: [String: [Int]] = [:]
        var roots: [Int] = []
        for (index, territory) in sorted.enumerated() {
            if let parent = territory["parentId"]?.cell, known.contains(parent), parent != id(territory) {
                children[parent, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
        var placed = Set<Int>()
        var ordered: [(depth: Int, territory: JSONValue)] = []
        func place(from starts: [Int]) {
            var pending = starts.reversed().map { (depth: 0, index: $0) }
            while let (depth, index) = pending.popLast() {
                guard placed.insert(index).inserted else { continue }
                ordered.append((depth, sorted[index]))
                pending += (children[id(sorted[index])] ?? []).reversed().map { (depth + 1, $0) }
            }
        }
        place(from: roots)
        for index in sorted.indices where !placed.contains(index) { place(from: [index]) }
        return ordered
    }
}
