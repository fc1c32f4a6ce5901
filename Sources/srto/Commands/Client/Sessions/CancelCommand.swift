import ArgumentParser

/// `srto cancel`: ends an import before it is merged.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End an import session before it is merged: nothing of it is imported.")

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
                    : "import \(sessionID.printable) is cancelled: nothing of it was imported")
        }
    }
}
