import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// Workers and relays that die, or are cut off, between two steps.
@Suite("A process fails between two steps", .serialized, .timeLimit(.minutes(6)))
struct WorkerFaultTests {
    @Test("fault 2: a worker is killed with its effect in the catalog and its acks on the way")
    func killedBeforeAck() async throws {
        try await FaultyHouse.with { house in
            try await house.running("front", FaultyHouse.front) { front in
                try await FaultProxy.with(host: "127.0.0.1", port: house.addresses.amqpPort) { proxy, port in
                    let behindProxy = house.addresses.throughProxy(port: port)
                    try await house.importSurvives(
                        {
                            try await house.running("first", FaultyHouse.work, by: behindProxy) { _ in
                                // Deliveries come in, no ack goes out.
                                proxy.set(.deafBroker)
                                try await house.event("two steps of the import") { $0.sequence >= 3 }
                            }
                            try await house.running("second", FaultyHouse.work) { _ in
                                try await house.event("the end of the import") { $0.type == .importFinished }
                                try await house.snapshotsSettle(at: front)
                            }
                        }, at: front)
                }
            }
        }
    }

    /// Seen red with the outbox emptied before the confirm: the job was not published again.
    @Test("fault 3: the relay is cut off between publish and confirm, publishes again, and the twin is dropped")
    func cutBeforeConfirm() async throws {
        try await FaultyHouse.with { house in
            try await house.running("work", FaultyHouse.work) { _ in
                try await FaultProxy.with(host: "127.0.0.1", port: house.addresses.amqpPort) { proxy, port in
                    let behindProxy = house.addresses.throughProxy(port: port)
                    try await house.running("front", FaultyHouse.front, by: behindProxy) { front in
                        let published = Signals<String>()
                        let tap = try await house.watch.tap(.importValidateSchema)
                        // Part of the message's id: it goes out, and its confirm does not come in.
                        proxy.becomeDeaf(at: ":schema")
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask {
                                for try await delivery in tap {
                                    delivery.ack()
                                    published.send(delivery.properties.messageID ?? "")
                                }
                            }
                            try await house.importSurvives(
                                {
                                    let first = try await published.next("the job's message")
                                    proxy.cut()
                                    proxy.set(.none)
                                    let again = try await published.next("the job's message again")
                                    #expect(first == again)
                                }, at: front)
                            await tap.cancel()
                            try await group.waitForAll()
                        }
                    }
                }
            }
        }
    }

    @Test("fault 17: told to end under load, a server ends well and in time, and the next one goes on")
    func terminated() async throws {
        try await FaultyHouse.with { house in
            try await house.running("first") { first in
                try await house.importSurvives(
                    {
                        try await house.event("a chunk's end") { $0.type == .importProgress && $0.sequence > 2 }
                        let told = ContinuousClock.now
                        #expect(try await first.stop() == 0)
                        #expect(ContinuousClock.now - told < .seconds(30))
                        try await first.start()
                    }, at: first)
            }
        }
    }
}
