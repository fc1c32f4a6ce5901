import ArgumentParser
import Foundation

/// `srto import`: uploads files, has them merged, shows how it goes and what came of it.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import files into the catalog and follow the import to its end.",
        discussion: """
            Ends with 1 when the import failed, and with 3 when a dry run found errors. Ctrl-C leaves a started import \
            running. A server that is restarted in the middle is waited for.
            """)

    @Argument(help: "CSV files; the schema knows them by their names.")
    var files: [String]

    @Option(help: "Name of the import schema.")
    var schema: String

    @Option(help: "Version of the schema. (default: the newest)")
    var schemaVersion: String?

    @OptionGroup(title: "How the files are to be read, where that cannot be found out") var formats: FormatOptions

    @Flag(
        name: [.customLong("dry-run"), .customLong("validate-only")], help: "Find errors and change nothing.")
    var dryRun = false

    @Flag(help: "Import files again that were imported before, though nothing has changed their rows since.")
    var again = false

    @Flag(help: "Start the import and do not wait for its end.")
    var noWait = false

    @Option(help: ArgumentHelp("Save the error report in this file.", valueName: "file"))
    var report: String?

    @Option(help: ArgumentHelp("Seconds to wait for a server that is away.", valueName: "seconds"))
    var patience = 120

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard patience >= 0 else { throw ValidationError("--patience has to be 0 or more seconds.") }
        guard !(noWait && report != nil) else {
            throw ValidationError("--report needs the import's end: leave --no-wait out.")
        }
    }

    func run() async throws {
        try await server.run(patience: .seconds(patience)) { api, console in
            let local = formats.applied(to: try LocalFile.check(files))
            let run = ImportRun(
                api: api, goal: dryRun ? .validated : .merged, again: again,
                display: ProgressDisplay(console: console, isSilent: output.json))
            let command = self
            let finished = try await Interruption.guarding { try await command.carryOut(run, local) }
            guard let finished else { throw interrupted(run.reached) }
            try await finish(finished, api, console)
        }
    }

    /// What came of it.
    private struct Finished: Sendable {
        let sessionID: String
        let uploading: Duration
        /// Nil when it was not waited for.
        let processing: Duration?
    }

    private func carryOut(_ run: ImportRun, _ local: [LocalFile]) async throws -> Finished {
        let clock = ContinuousClock()
        let begin = clock.now
        // However it ends, the last picture is to be seen.
        defer { run.display.finish() }
        let sessionID = try await run.upload(local, schema: schema, version: schemaVersion)
        let uploaded = clock.now
        if noWait {
            try await run.start(sessionID)
        } else {
            try await run.startAndFollow(sessionID, patience: .seconds(patience))
        }
        return Finished(
            sessionID: sessionID, uploading: uploaded - begin, processing: noWait ? nil : clock.now - uploaded)
    }

    private func interrupted(_ reached: ImportRun.Reached) -> ClientError {
        switch (reached.sessionID, reached.isStarted) {
        case (let id?, true):
            ClientError(
                .interrupted, "the import goes on without you",
                advice: "follow it with 'srto watch import:\(id)', see its result with 'srto session \(id)'")
        case (let id?, false):
            ClientError(.interrupted, "interrupted: nothing was imported, session \(id) expires by itself")
        case (nil, _):
            ClientError(.interrupted, "interrupted: nothing was sent")
        }
    }

    private func finish(_ finished: Finished, _ api: ServerAPI, _ console: Console) async throws {
        let id = finished.sessionID
        let session = try await api.session(id)
        if output.json { console.print(try await api.sessionJSON(id).text(pretty: true)) }
        guard let processing = finished.processing else {
            if !output.json { console.print("import \(id) was started: follow it with 'srto watch import:\(id)'") }
            return
        }
        if let earlier = session.sameAs {
            guard !output.json else { return }
            console.print(
                ("nothing was done: you imported the same files as \(earlier), and nothing has changed their rows since: "
                    + "'srto session \(earlier)' shows it, --again imports them again").printable)
            return
        }
        if !output.json {
            console.print(SessionSummary(session).lines(console.outputStyle))
            console.print("upload \(finished.uploading.brief), processing \(processing.brief)")
        }
        let failure = SessionSummary.failure(of: session)
        if let report {
            // Why it failed says more than that there is no report of it.
            if let failure, session.reportUrl == nil { throw failure }
            try await SessionCommand.save(session, to: report, api, console)
        } else if session.reportUrl != nil, session.hasIssues, !output.json {
            console.print("error report: srto session \(id) --report FILE")
        }
        if let failure { throw failure }
        if dryRun, session.results.refused > 0 { throw Self.foundErrors }
    }

    /// How a dry run ends that found errors, so that a script can tell it from one that could not be made.
    private static let foundErrors = ExitCode(3)
}
