import ArgumentParser

/// Where the process begins.
@main
enum Main {
    static func main() async {
        await SRTO.runAndExit()
    }
}

/// The command line.
struct SRTO: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "srto",
        abstract: "Plans field sales: who visits which shop, on which day, in which order.",
        subcommands: [
            ServeCommand.self, ImportCommand.self, SessionCommand.self, CancelCommand.self, WatchCommand.self,
            QueuesCommand.self, PauseCommand.self, ResumeCommand.self,
            DeadCommand.self, SchemaCommand.self, TerritoryCommand.self, SnapshotCommand.self, TopologyCommand.self,
            TokenCommand.self,
            DoctorCommand.self,
        ])
}
