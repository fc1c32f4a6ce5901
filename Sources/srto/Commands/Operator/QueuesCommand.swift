import ArgumentParser

/// `srto queues`: how full every queue is.
struct QueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues", abstract: "Show every queue: waiting, being worked on, consumers, oldest, dead.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.run { api, console in
            let queues = try await api.queues()
            if output.json {
                console.print(try JSONValue.array(queues.map(Self.complete)).text(pretty: true))
            } else {
                console.print(Self.table(queues).lines(console.outputStyle))
                for note in Set(queues.compactMap { $0["note"]?.cell }).sorted() { console.error(note.printable) }
            }
        }
    }

    /// A queue with `oldestSeconds` in any case, so that a program finds every field.
    static func complete(_ queue: JSONValue) -> JSONValue {
        guard case .object(var members) = queue else { return queue }
        members["oldestSeconds"] = members["oldestSeconds"] ?? .null
        return .object(members)
    }

    static func table(_ queues: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init("queue"), .init("ready", .right), .init("unacked", .right), .init("consumers", .right),
            .init("oldest", .right), .init("dead", .right),
        ])
        for queue in queues {
            let oldest: String? =
                switch queue["oldestSeconds"] {
                case .integer(let seconds)?: Duration.seconds(seconds).brief
                case .number(let seconds)?: Duration.seconds(seconds).brief
                default: nil
                }
            table.add([
                (queue["name"]?.cell ?? "") + (queue["paused"] == .bool(true) ? " (paused)" : ""),
                count(queue["ready"]), count(queue["unacked"]), count(queue["consumers"]),
                oldest ?? "-", count(queue["dead"]),
            ])
        }
        return table
    }

    private static func count(_ value: JSONValue?) -> String {
        value?.wholeNumber.map(\.grouped) ?? "-"
    }
}
