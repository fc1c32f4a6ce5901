import AMQP
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// What takes the broker away for a while, each with a broker of its own.
@Suite("The broker is away for a while", .serialized, .timeLimit(.minutes(6)))
struct SlowBrokerFaultTests {
    @Test("fault 4: the broker is killed under load and comes back")
    func brokerRestarted() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.importSurvives(
                    {
                        try await house.event("a chunk's end") { $0.type == .importProgress && $0.sequence > 2 }
                        try await house.servers.killBroker()
                        try await house.servers.restartBroker()
                    }, at: server)
            }
        }
    }

    @Test("fault 5: a broker that falls silent is given up within two heartbeats, and used again when it speaks")
    func brokerSilent() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.importSurvives(
                    {
                        try await house.event("a chunk's end") { $0.type == .importProgress && $0.sequence > 2 }
                        try house.servers.freezeBroker()
                        let frozen = ContinuousClock.now
                        try await eventually("the silence's being noticed") {
                            await server.logText.contains("silent for two heartbeats")
                        }
                        // Two of two seconds each, and what a timer of a loaded machine may be late.
                        #expect(ContinuousClock.now - frozen < .seconds(6))
                        let health = try await within(.seconds(10), "an answer without a broker") {
                            try await server.get("/health")
                        }
                        #expect(health.contains("degraded"))
                        #expect(try await server.get("/metrics").contains("srto_broker_connected"))
                        try house.servers.thawBroker()
                    }, at: server)
            }
        }
    }

    @Test("fault 6: a memory alarm blocks what is published, and nothing is lost when it clears")
    func memoryAlarm() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                try await house.servers.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
                try await house.importSurvives(
                    {
                        try await eventually("the publishers' being blocked") {
                            try await server.get("/metrics").contains(
                                "srto_broker_blocked{connection=\"publishing\"} 1")
                        }
                        try await house.servers.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1GB")
                    }, at: server)
            }
        }
    }
}
