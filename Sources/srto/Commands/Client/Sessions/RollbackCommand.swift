import ArgumentParser
import Domain

/// `srto rollback`: takes an import back.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Take an import back: the rows that it changed get their former values, those that it brought go.",
        discussion: """
            It is refused when other imports changed the same rows later, unless --force is given, or when rows that came \
            later refer to what would go. What planners changed since stays in any case. Ends when it is done; 1 tells \
            that it was refused.
            """)

    private static let pause = Duration.milliseconds(250)

    @OptionGroup var session: SessionArgument

    @Flag(help: "Take back what other imports changed in these rows later, too.")
    var force = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let (sessionID, isForced, asJSON) = (session.bare, force, output.json)
        try await server.run { api, console in
            try await api.rollBack(sessionID, isForced: isForced)
            let ended = try await Self.end(of: sessionID, api)
            let json = try await api.sessionJSON(sessionID)
            try Self.tell(ended, asJSON ? json : nil, console)
        }
    }

    /// Synchronous, as the optimiser of Swift 6.3 crashes over it otherwise.
    private static func tell(_ ended: SessionDocument, _ json: JSONValue?, _ console: Console) throws {
        if let json { console.print(try json.text(pretty: true)) }
        let words = ended.errorMessage ?? "rolled back"
        guard ended.status == .rolledBack else { throw ClientError(.importFailed, words) }
        if json == nil { console.print("import \(ended.sessionId.printable) is \(words.printable)") }
    }

    /// Asks until it is known: the end of a rollback is seldom watched, and takes a moment.
    private static func end(of sessionID: String, _ api: ServerAPI) async throws -> SessionDocument {
        var document = try await api.session(sessionID)
        while document.status == .completed, document.errorCode == nil {
            try await Task.sleep(for: pause)
            document = try await api.session(sessionID)
        }
        return document
    }
}
