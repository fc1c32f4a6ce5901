import ArgumentParser

/// `srto pause`: no more jobs are taken from a work queue.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Have no more jobs taken from a work queue, on any host; jobs in hand finish.")

    @OptionGroup var target: PausableQueue

    func run() async throws {
        try await target.setPaused(true) { "\($0) is paused: 'srto resume \($0)' has it go on" }
    }
}

/// `srto resume`: ends a pause.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Have jobs taken from a paused work queue again.")

    @OptionGroup var target: PausableQueue

    func run() async throws {
        try await target.setPaused(false) { "\($0) goes on" }
    }
}

/// The queue to pause or to resume, and the server that does it.
struct PausableQueue: ParsableArguments {
    @Argument(help: "The queue's name, as 'srto queues' shows it.")
    var queue: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    /// - Parameter words: what to tell a person of the queue.
    func setPaused(_ isPaused: Bool, _ words: @escaping @Sendable (_ queue: String) -> String) async throws {
        try await server.run { api, console in
            let status = try await api.setPaused(isPaused, queue: queue)
            console.print(output.json ? try status.text(pretty: true) : words(queue.printable))
        }
    }
}
