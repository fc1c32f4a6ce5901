import ArgumentParser
import Domain
import Foundation

/// `srto watch`: tells what happens, while it happens.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Follow topics until Ctrl-C.",
        discussion: """
            Topics are import:ID, territory:ID and queues. After a broken connection it says whether everything missed \
            was made up for.
            """)

    @Argument(help: "Topics to follow. (default: queues)")
    var topics: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        for topic in topics where Topic(topic) == nil {
            throw ValidationError("'\(topic)' is no topic: name import:ID, territory:ID or queues.")
        }
    }

    /// What to follow, nothing twice.
    var wanted: [String] {
        topics.isEmpty
            ? [Topic.queues.description]
            : topics.enumerated().filter {
                topics.firstIndex(of: $0.element) == $0.offset
            }.map(\.element)
    }

    func run() async throws {
        try await server.run { api, console in
            let follower = EventFollower(address: api.address, token: api.token, topics: wanted, patience: nil)
            let lines = NoticeLines(asJSON: output.json)
            let count = wanted.count
            _ = try await Interruption.guarding {
                var refused = 0
                try await follower.run { notice throws(ClientError) in
                    if case .refused(let topic, let message) = notice {
                        refused += 1
                        let error = ClientError(.refused(status: 403), "\(topic) cannot be followed: \(message)")
                        if refused == count { throw error }
                        console.error("srto: \(error)")
                        return .goOn
                    }
                    if let line = try lines.line(notice, at: Date.now.iso8601) { console.print(line) }
                    return .goOn
                }
            }
        }
    }
}
