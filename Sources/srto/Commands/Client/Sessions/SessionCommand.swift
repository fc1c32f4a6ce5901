import ArgumentParser

/// `srto session`: how an import stands, or what came of it.
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Show an import session and save its error report.")

    @OptionGroup var session: SessionArgument

    @Option(help: ArgumentHelp("Save the error report in this file.", valueName: "file"))
    var report: String?

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let sessionID = session.bare
        try await server.run { api, console in
            let session = try await api.session(sessionID)
            if output.json {
                console.print(try await api.sessionJSON(sessionID).text(pretty: true))
            } else {
                console.print(SessionSummary(session).lines(console.outputStyle))
                if !session.finished { console.print("stage \(session.stage.rawValue), not finished yet") }
                if let failure = SessionSummary.failure(of: session) { console.print("\(failure)") }
            }
            if let report { try await Self.save(session, to: report, api, console) }
        }
    }

    /// Downloads a session's error report.
    static func save(
        _ session: SessionDocument, to path: String, _ api: ServerAPI, _ console: Console
    ) async throws(ClientError) {
        guard let link = session.reportUrl else {
            console.error("no error report: the session has \(session.finished ? "no issues" : "none yet")")
            return
        }
        let download = try await api.download(link, to: path)
        console.error("error report: \(path) (\(download.size.bytes))".printable)
    }
}
