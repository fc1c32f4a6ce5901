import ArgumentParser

/// `srto audit`: the imports that ended.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List imports that ended, newest first: who, when, which files, what came of it. For administrators.")

    @Option(help: ArgumentHelp("Only of this user's imports.", valueName: "user"))
    var user: String?

    @Option(help: ArgumentHelp("Only of this session.", valueName: "id"))
    var session: String?

    @Option(help: ArgumentHelp("Not more than so many.", valueName: "number"))
    var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 10000.") }
    }

    func run() async throws {
        try await server.run { api, console in
            let entries = try await api.audit(user: user, session: session, limit: limit)
            if output.json { return console.print(try JSONValue.array(entries).text(pretty: true)) }
            guard !entries.isEmpty else { return console.print("no import has ended yet") }
            console.print(Self.table(entries).lines(console.outputStyle))
        }
    }

    static func table(_ entries: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init("ended"), .init("user"), .init("session"), .init("schema"), .init("status"), .init("files"),
            .init("inserted", .right), .init("updated", .right), .init("unchanged", .right), .init("refused", .right),
        ])
        for entry in entries {
            let files = (entry["files"]?.list("files") ?? []).map { file in
                "\(file["fileName"]?.cell ?? "?") \(file["sha256"]?.cell.prefix(12) ?? "")"
            }
            table.add(
                [
                    entry["timestamp"]?.cell ?? "", entry["userId"]?.cell ?? "", entry["sessionId"]?.cell ?? "",
                    [entry["schemaId"], entry["schemaVersion"]].compactMap(\.?.cell).joined(separator: " "),
                    entry["status"]?.cell ?? "", files.joined(separator: ", "),
                ]
                    + ["inserted", "updated", "unchanged", "refused"].map { QueueCells.count(entry["results"]?[$0]) })
        }
        return table
    }
}
