import AMQP
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// What is done to queues, exchanges and channels under an import, each with a broker of its own.
@Suite("The broker says no", .serialized, .timeLimit(.minutes(6)))
struct SlowTopologyFaultTests {
    @Test("fault 7: a queue deleted under its consumer is there again, and the import goes on")
    func queueDeleted() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.importSurvives(
                    {
                        try await house.event("a chunk's end") { $0.type == .importProgress && $0.sequence > 2 }
                        try await house.watch.client.deleteQueue(WorkQueue.importValidateChunk.rawValue)
                    }, at: server)
            }
        }
    }

    @Test("fault 8: a channel that the broker closes opens again, and what was in flight is published again")
    func channelClosed() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.importSurvives(
                    {
                        try await house.event("a chunk's end") { $0.type == .importProgress && $0.sequence > 2 }
                        // What is published to an exchange that is not there costs the channel: 404.
                        try await house.watch.client.deleteExchange(Topology.events)
                        try await eventually("the channel's being closed") {
                            await server.logText.contains("404 NOT_FOUND - no exchange")
                        }
                    }, at: server)
                #expect(try await server.get("/metrics").contains("srto_broker_reconnects_total 0\n"))
            }
        }
    }
}
