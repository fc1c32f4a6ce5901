import ArgumentParser

extension DeadCommand {
    /// `srto dead replay`: by number, or all that a filter names.
    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have the jobs of dead letters done again: those numbered, or those that the filters name.")

        /// What one answer lists at most.
        private static let mostAtOnce = 1000

        @Argument(help: "Numbers of the dead letters.")
        var ids: [Int64] = []

        @Option(help: "All of this work queue.")
        var queue: String?

        @Option(help: "All about this subject, as 'srto dead list' shows it: import:ID or territory:ID.")
        var subject: String?

        @OptionGroup var output: OutputOptions
        @OptionGroup var server: ServerOptions

        func validate() throws {
            guard ids.isEmpty != (queue == nil && subject == nil) else {
                throw ValidationError("name dead letters by number, or by --queue and --subject.")
            }
        }

        func run() async throws {
            try await server.run { api, console in
                let ids = ids.isEmpty ? try await matching(api) : ids
                var answers: [JSONValue] = []
                var failed = 0
                for id in ids {
                    do throws(ClientError) {
                        answers.append(try await api.replayDeadLetter(id))
                    } catch {
                        // One that cannot be replayed does not keep the others from it.
                        guard ids.count > 1, error.code != .interrupted else { throw error }
                        failed += 1
                        console.error("srto: dead letter \(id): \(error)")
                        continue
                    }
                    if !output.json { console.print("dead letter \(id): its job is asked for again") }
                }
                if output.json { console.print(try JSONValue.array(answers).text(pretty: true)) }
                if ids.isEmpty, !output.json { console.print("no dead letters match") }
                if ids.count == Self.mostAtOnce { console.error("there may be more: replay again") }
                if failed > 0 { throw ExitCode.failure }
            }
        }

        /// Oldest first, as they were asked for once.
        private func matching(_ api: ServerAPI) async throws(ClientError) -> [Int64] {
            try await api.deadLetters(queue: queue, limit: Self.mostAtOnce)
                .filter { subject == nil || $0["subject"]?.cell == subject }
                .compactMap { $0["id"]?.wholeNumber }
                .reversed()
        }
    }
}
