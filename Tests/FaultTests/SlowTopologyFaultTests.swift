import AMQP
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// What is done to queues, exchanges and channels under an import, each with a broker of its own.
@Suite("The broker says no", .serialized, .timeLimit(.minutes(6)))
struct SlowTopologyFaultTests {
    /// Seen red with the keeper putting no job again: the import hung.
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
                        try await eventually("the channel's being closed") {
                            // The keeper declares it again within seconds, perhaps before anything was published.
                            try await house.watch.client.deleteExchange(Topology.events)
                            return await server.logText.contains("404 NOT_FOUND - no exchange")
                        }
                    }, at: server)
                #expect(try await server.get("/metrics").contains("srto_broker_reconnects_total 0\n"))
            }
        }
    }

    /// Another writer holds the catalog while the import would merge, so that the merge takes longer than this broker waits
    /// for an ack.
    @Test("fault 9: a job longer than the broker's consumer timeout ends, and ends once")
    func consumerTimeout() async throws {
        try await FaultyHouse.with { house in
            try await house.servers.rabbitmqctl(
                "eval",
                "application:set_env(rabbit, consumer_timeout, 3500), "
                    + "application:set_env(rabbit, channel_tick_interval, 500).")
            try await house.running(settings: ["SRTO_JOB_HAND_ON_SECONDS": "2", "SRTO_JOB_LEASE_SECONDS": "3"]) {
                server in
                async let outcome = within(.seconds(300), "the end of the import") {
                    try await server.run(SampleImport.arguments)
                }
                try await house.event("the merge's beginning") { event in
                    let state = try? JSONDecoder().decode(ImportProgress.self, from: event.data)
                    return state?.stage == .merge
                }
                try await house.holdingCatalog(of: server) {
                    try await eventually("the merge's being handed on") {
                        await server.logText.contains("a job takes long")
                    }
                }
                let report = try SampleImport.report(of: try await outcome)
                #expect(report.status == "COMPLETED")
                let log = await server.logText
                #expect(!log.contains("PRECONDITION_FAILED"))
                #expect(try await server.run(["dead", "list", "--json"]).output.contains("jobId") == false)
            }
        }
    }
}
