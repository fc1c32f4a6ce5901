import ArgumentParser
import Foundation

/// `srto dead`: messages that are not tried again unless somebody says so.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "List, show, replay and purge dead letters.",
        subcommands: [List.self, Show.self, Replay.self, Purge.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List dead letters that were not replayed.")

        @Option(help: "Only those of this work queue.")
        var queue: String?

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let letters = try await api.deadLetters(queue: queue)
                if output.json {
                    console.print(try JSONValue.array(letters).text(pretty: true))
                } else if letters.isEmpty {
                    console.print("no dead letters")
                } else {
                    console.print(Self.table(letters).lines(console.outputStyle))
                }
            }
        }

        static func table(_ letters: [JSONValue]) -> TextTable {
            var table = TextTable([
                .init("id", .right), .init("queue"), .init("subject"), .init("attempts", .right), .init("died"),
                .init("reason"),
            ])
            for letter in letters {
                table.add(["id", "queue", "subject", "attempts", "diedAt", "reason"].map { letter[$0]?.cell ?? "" })
            }
            return table
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a dead letter with its message.")

        @Argument(help: "Number of the dead letter.")
        var id: Int64

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await server.run { api, console in
                let letter = try await api.deadLetter(id)
                console.print(output.json ? [try letter.text(pretty: true)] : try Self.lines(letter))
            }
        }

        /// One line per field, those that tell most first, the message last.
        static func lines(_ letter: JSONValue) throws(ClientError) -> [String] {
            guard case .object(let members) = letter else { return [letter.cell.printable] }
            let first = [
                "id", "queue", "subject", "type", "reason", "attempts", "diedAt", "replayedAt", "jobId", "replay",
            ]
            let names =
                first.filter { members[$0] != nil }
                + members.keys.filter { !first.contains($0) && $0 != "payload" }.sorted()
            let width = names.map(\.count).max() ?? 0
            var lines = names.map { "\($0.padded(to: width))  \(members[$0]?.cell ?? "")".printable }
            switch letter["payload"] {
            case nil: break
            case .string(let text)?:
                // A message that is JSON reads better laid out.
                let laidOut = try? JSONValue(json: Data(text.utf8)).text(pretty: true)
                lines += ["", laidOut ?? text.printable]
            case let body?:
                lines += ["", try body.text(pretty: true)]
            }
            return lines
        }
    }
}
