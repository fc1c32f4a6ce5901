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
            ServeCommand.self, ImportCommand.self, SessionsCommand.self, SessionCommand.self, CancelCommand.self,
            RollbackCommand.self, AuditCommand.self,
            WatchCommand.self,
            QueuesCommand.self, PauseCommand.self, ResumeCommand.self,
            DeadCommand.self, SchemaCommand.self, SolveCommand.self, TerritoryCommand.self, SnapshotCommand.self,
            TopologyCommand.self,
            TokenCommand.self,
            DoctorCommand.self,
        ])
}
