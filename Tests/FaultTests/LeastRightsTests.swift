import AMQP
import Foundation
import Jobs
import TestSupport
import Testing

/// Each role on an account of its own. Seen red with the import's right to the delay queues left out.
@Suite("Accounts of the broker", .timeLimit(.minutes(4)))
struct LeastRightsTests {
    @Test("four processes with four accounts do an import, and none may do another's work")
    func leastRights() async throws {
        try await FaultyHouse.with { house in
            let urls = try await accounts(house)
            func addresses(_ role: String) throws -> ServerAddresses {
                var addresses = house.addresses
                addresses.amqp = try #require(urls[role])
                return addresses
            }
            try await house.running("relay", ["serve", "--roles", "relay"], by: addresses("relay")) { _ in
                try await house.running("import", ["serve", "--roles", "import"], by: addresses("import")) { worker in
                    try await house.running(
                        "snapshot", ["serve", "--roles", "snapshot"], by: addresses("snapshot")
                    ) { _ in
                        try await house.running("http", ["serve", "--roles", "api,notifier"], by: addresses("api")) {
                            try await house.importSurvives({}, at: $0)
                            try await Self.retryAndBurial(try #require(urls["import"]), $0)
                        }
                    }
                    #expect(await !worker.logText.contains("ACCESS_REFUSED"))
                }
            }
            try await Self.expectRefused("api", urls) { client in
                try await client.publish(AMQPMessage(exchange: Topology.jobs, routingKey: "import.merge", body: []))
            }
            try await Self.expectRefused("api", urls) { client in
                _ = try await client.consume(queue: WorkQueue.importMerge.rawValue, prefetch: 1)
            }
            try await Self.expectRefused("import", urls) { client in
                try await client.publish(AMQPMessage(exchange: Topology.events, routingKey: "x", body: []))
            }
            try await Self.expectRefused("import", urls) { client in
                _ = try await client.consume(queue: WorkQueue.snapshotRegenerate.rawValue, prefetch: 1)
            }
            try await Self.expectRefused("snapshot", urls) { client in
                try await client.deleteQueue(WorkQueue.importMerge.rawValue)
            }
        }
    }

    /// The accounts' addresses by role, as an operator gets them.
    private func accounts(_ house: FaultyHouse) async throws -> [String: String] {
        let administrator = try house.process("operator")
        let applied = try await administrator.run(["topology", "apply"])
        #expect(applied.status == 0, "\(applied.errors)")
        let made = try await administrator.run(["topology", "users", "--json"])
        #expect(made.status == 0, "\(made.errors)")
        return try JSONDecoder().decode([String: String].self, from: Data(made.output.utf8))
    }

    /// A retry goes through a delay queue, and what it brings back, no job of ours, to the dead letters.
    private static func retryAndBurial(_ url: String, _ server: ServerProcess) async throws {
        try await BrokerWatch.with(url) { watch in
            try await watch.client.publish(
                AMQPMessage(
                    exchange: DelayQueue.oneSecond.rawValue, routingKey: WorkQueue.importResolve.rawValue, body: [1],
                    properties: AMQPProperties(messageID: "stranger")))
        }
        try await eventually("its dead letter") {
            try await server.run(["dead", "list", "--json"]).output.contains("stranger")
        }
    }

    private static func expectRefused(
        _ role: String, _ urls: [String: String], _ act: @escaping @Sendable (AMQPClient) async throws -> Void
    ) async throws {
        try await BrokerWatch.with(try #require(urls[role])) { watch in
            do {
                try await act(watch.client)
                Issue.record("the account of \(role) may do it")
            } catch let error as AMQPError {
                #expect("\(error)".contains("ACCESS_REFUSED"), "\(error)")
            }
        }
    }
}
