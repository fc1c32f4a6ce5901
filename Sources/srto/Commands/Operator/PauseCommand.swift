import ArgumentParser

/// `srto pause`: no more jobs are taken from a work queue.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Have no more jobs taken from a work queue, on any host; jobs in hand finish.")

    @Argument(help: "The queue's name, as 'srto queues' shows it.")
    var queue: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.run { api, console in
            let status = try await api.setPaused(true, queue: queue)
            console.print(
                output.json
                    ? try status.text(pretty: true)
                    : "\(queue.printable) is paused: 'srto resume \(queue.printable)' has it go on")
        }
    }
}

/// `srto resume`: ends a pause.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Have jobs taken from a paused work queue again.")

    @Argument(help: "The queue's name, as 'srto queues' shows it.")
    var queue: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        try await server.run { api, console in
            let status = try await api.setPaused(false, queue: queue)
            console.print(output.json ? try status.text(pretty: true) : "\(queue.printable) goes on")
        }
    }
}
