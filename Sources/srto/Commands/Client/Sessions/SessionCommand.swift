import ArgumentParser
import Domain

/// `srto session`: how an import stands, or what came of it.
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Show an import session with the first issues of each code, and save its error report.",
        discussion: "The error report has every issue; the server tells the first hundred of each code.")

    @OptionGroup var session: SessionArgument

    @Option(help: ArgumentHelp("Save the error report in this file.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Issues of each code to show, 0 to 100.", valueName: "number"))
    var issues = 100

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (0...100).contains(issues) else { throw ValidationError("--issues is a number from 0 to 100.") }
    }

    func run() async throws {
        let sessionID = session.bare
        try await server.run { api, console in
            let session = try await api.session(sessionID)
            if output.json {
                console.print(try await api.sessionWithIssues(sessionID).text(pretty: true))
            } else {
                console.print(SessionSummary(session).lines(console.outputStyle))
                console.print(Self.state(session))
                if let failure = SessionSummary.failure(of: session) { console.print("\(failure)") }
                if session.hasIssues, issues > 0 {
                    let found = try await api.issues(ofSession: sessionID)
                    console.print(IssueLines(found).lines(most: issues, console.outputStyle))
                }
            }
            if let report { try await Self.save(session, to: report, api, console) }
        }
    }

    /// Who opened it and when, how it goes on, what it waits for.
    static func state(_ session: SessionDocument) -> [String] {
        var lines: [String] = []
        if let user = session.userId, let opened = session.createdAt {
            lines.append("opened by \(user) at \(opened)" + (session.completedAt.map { ", ended at \($0)" } ?? ""))
        }
        lines += session.files.compactMap { file in
            guard let format = file.format, !format.isUsual else { return nil }
            return "\(file.fileName): \(format.phrase)"
        }
        if !session.finished {
            let speed = session.stages.first { $0.name == session.stage }?.amountWords ?? ""
            lines.append("stage \(session.stage.rawValue)\(speed.isEmpty ? "" : ": \(speed)"), not finished yet")
            if let waiting = session.waiting {
                lines.append("unchanged since \(session.changedAt ?? "it was opened"): \(waiting.reason)")
                if session.stuck == true { lines.append("it is stuck: \(waiting.advice)") }
            }
        }
        return lines.map(\.printable)
    }

    /// Downloads a session's error report.
    /// - Throws: `ClientError`: of the code `noReport` where there is none, with the reason; no file is written then.
    static func save(
        _ session: SessionDocument, to path: String, _ api: ServerAPI, _ console: Console
    ) async throws(ClientError) {
        guard let link = session.reportUrl else { throw MissingReport(of: session).error(of: session) }
        let download = try await api.download(link, to: path)
        console.error("error report: \(path) (\(download.size.bytes))".printable)
    }
}

extension FileReading {
    /// Whether it is the CSV that needs no word.
    fileprivate var isUsual: Bool {
        container == nil && encoding == "utf-8" && delimiter == "," && headerLine <= 1 && confidence > 0.9
    }

    fileprivate var phrase: String {
        let packing = container.map { "\($0)\(member.map { " (\($0))" } ?? ""), " } ?? ""
        let header = headerLine == 0 ? "no header" : "header on line \(headerLine)"
        return "\(packing)\(encoding), columns divided by \"\(delimiter)\", \(header); "
            + "\(Int((confidence * 100).rounded())) % sure"
    }
}
