import ArgumentParser
import Domain

/// `srto sessions`: the import sessions, newest first.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List import sessions, newest first: your own, or everybody's for an administrator.")

    @Flag(help: "Only those that run and have not changed for long, with what they wait for and what to do.")
    var stuck = false

    @Option(help: ArgumentHelp("Only of this status, such as VALIDATED.", valueName: "status"))
    var status: String?

    @Option(help: ArgumentHelp("Not more than so many.", valueName: "number"))
    var limit = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 10000.") }
        guard status.map({ ImportStatus(rawValue: $0.uppercased()) != nil }) ?? true else {
            let names = ImportStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--status is one of \(names).")
        }
    }

    func run() async throws {
        try await server.run { api, console in
            let sessions = try await api.sessions(stuck: stuck, status: status?.uppercased(), limit: limit)
            if output.json { return console.print(try JSONValue.array(sessions).text(pretty: true)) }
            guard !sessions.isEmpty else {
                return console.print(stuck ? "no session stands still" : "there are no sessions")
            }
            console.print(Self.table(sessions).lines(console.outputStyle))
            console.print(sessions.flatMap(Self.wait))
        }
    }

    static func table(_ sessions: [JSONValue]) -> TextTable {
        var table = TextTable([
            .init("session"), .init("user"), .init("schema"), .init("status"), .init("stage"), .init("age", .right),
            .init("unchanged", .right), .init("progress", .right),
        ])
        for session in sessions {
            let isFinished = session["finished"] == .bool(true)
            table.add([
                session["sessionId"]?.cell ?? "", session["userId"]?.cell ?? "",
                [session["schemaId"], session["schemaVersion"]].compactMap(\.?.cell).joined(separator: " "),
                session["status"]?.cell ?? "", isFinished ? "" : session["stage"]?.cell ?? "",
                QueueCells.age(session["ageSeconds"]), isFinished ? "" : QueueCells.age(session["unchangedSeconds"]),
                "\(session["progress"]?.cell ?? "?") %",
            ])
        }
        return table
    }

    /// What a session that stands still waits for, and what to do: two lines, or none.
    static func wait(_ session: JSONValue) -> [String] {
        guard let waiting = session["waiting"], let reason = waiting["reason"]?.cell else { return [] }
        let id = session["sessionId"]?.cell ?? "?"
        return ["", "\(id): \(reason)".printable, "  \(waiting["advice"]?.cell ?? "")".printable]
    }
}
