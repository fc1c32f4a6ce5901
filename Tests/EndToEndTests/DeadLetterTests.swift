import Foundation
import TestSupport
import Testing

/// Dead letters from a stranger's message to their purge, at the command line.
@Suite("Dead letters", .timeLimit(.minutes(2)))
struct DeadLetterTests {
    @Test(
        "a message that is none of ours is listed and explained, cannot be replayed, and goes when its queue's name is typed"
    )
    func stranger() async throws {
        try await RunningServer.with { server, host, _ in
            try await publish("stranger-1", to: "import.resolve", host)
            try await publish("stranger-2", to: "import.merge", host)
            let letters = try await within(.seconds(30), "two dead letters") {
                while true {
                    let listed = try await server.run(["dead", "list", "--json"]).json() as? [[String: Any]] ?? []
                    if listed.count == 2 { return listed.compactMap { $0["jobId"] as? String }.sorted() }
                }
            }
            #expect(letters == ["stranger-1", "stranger-2"])
            let replayed = try await server.run(["dead", "replay", "--queue", "import.resolve"])
            #expect(replayed.status == 1)
            #expect(replayed.errors.contains("no handler knows"), "\(replayed.errors)")
            let nothing = try await server.run(["dead", "replay", "--subject", "import:none"])
            #expect(nothing.status == 0 && nothing.output.contains("no dead letters match"))

            let mistyped = try await server.run(["dead", "purge", "import.resolve", "--confirm", "import.merge"])
            #expect(mistyped.status == 1 && mistyped.errors.contains("nothing was purged"))
            let untyped = try await server.run(["dead", "purge", "import.resolve"])
            #expect(untyped.status == 1 && untyped.errors.contains("--confirm"))
            let purged = try await server.run(["dead", "purge", "import.resolve", "--confirm", "import.resolve"])
            #expect(purged.status == 0 && purged.output.contains("1 dead letters of import.resolve"))
            let left = try await server.run(["dead", "list", "--json"]).json() as? [[String: Any]]
            #expect(left?.map { $0["jobId"] as? String } == ["stranger-2"])
            #expect(try await server.run(["dead", "replay"]).status == 2)
        }
    }

    private func publish(_ id: String, to queue: String, _ host: TestVirtualHost) async throws {
        let body = """
            {"properties": {"message_id": "\(id)", "type": "io.stranger.v1"}, "routing_key": "\(queue)",
             "payload": "{}", "payload_encoding": "string"}
            """
        try await host.request(.POST, "/api/exchanges/\(host.name)/srto.jobs/publish", body: body)
    }
}
