import ArgumentParser
import Foundation

extension DeadCommand {
    /// `srto dead purge`: forgets, so the queue's name has to be typed twice.
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget every dead letter of a work queue: their jobs never run again.",
            discussion: "Asks for the queue's name once more; a script gives it with --confirm.")

        @Argument(help: "The queue's name.")
        var queue: String

        @Option(help: ArgumentHelp("The queue's name once more.", valueName: "queue"))
        var confirm: String?

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let typed = try confirm ?? Self.ask(queue, console)
                guard typed == queue else {
                    throw ClientError(
                        .usage, "\"\(typed.printable)\" is not \"\(queue.printable)\": nothing was purged",
                        advice: "type the queue's name, or give it with --confirm")
                }
                let answer = try await api.purgeDeadLetters(queue: queue)
                console.print(
                    output.json
                        ? try answer.text(pretty: true)
                        : "\(answer["purged"]?.wholeNumber ?? 0) dead letters of \(queue.printable) are forgotten")
            }
        }

        private static func ask(_ queue: String, _ console: Console) throws(ClientError) -> String {
            console.error("every dead letter of \(queue.printable) will be forgotten. Type its name to go on:")
            guard let line = readLine() else {
                throw ClientError(
                    .usage, "nobody typed the queue's name: nothing was purged", advice: "give it with --confirm")
            }
            return line
        }
    }
}
