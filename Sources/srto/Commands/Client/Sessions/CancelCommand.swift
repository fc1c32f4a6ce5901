import ArgumentParser
import Domain

/// `srto cancel`: ends an import before it is merged, or what still looks for coordinates after it.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End an import session before it is merged: nothing of it is imported.",
        discussion: "Of one that is merged it ends the search for its outlets' coordinates; what was found stays.")

    @OptionGroup var session: SessionArgument

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let sessionID = session.bare
        try await server.run { api, console in
            let progress = try await api.cancel(sessionID)
            console.print(
                output.json
                    ? try progress.text(pretty: true)
                    : progress["status"]?.cell == ImportStatus.completed.rawValue
                        ? "import \(sessionID.printable) stays; nothing more looks for coordinates of its outlets"
                        : "import \(sessionID.printable) is cancelled: nothing of it was imported")
        }
    }
}
