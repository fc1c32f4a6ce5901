import Catalog
import Domain
import Foundation
import Jobs
import ServiceLifecycle
import TestSupport
import Testing

@testable import Operations

struct QueueSamplerTests {
    /// Seen red with every sample told.
    @Test func `the topic is told at first, and then only what changed`() async throws {
        try await OperationsHouse.with { house async throws in
            let sampler = sampler(house)
            #expect(try await sampler.sample())
            #expect(try await sampler.sample() == false)
            try await house.ask("job-1")
            #expect(try await sampler.sample())
            #expect(try await sampler.sample() == false)
            let subscription = try await house.memory.subscribe(to: "import.merge", prefetch: 1)
            #expect(try await sampler.sample())
            subscription.cancel()
            #expect(try await sampler.sample())
            let events = try await told(house)
            #expect(events.map(\.type) == Array(repeating: .queuesChanged, count: 4))
            #expect(events.map(\.sequence) == [1, 2, 3, 4])
        }
    }

    @Test func `what is told is what the route answers`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.record(.sample())
            _ = try await sampler(house).sample()
            let state = try JSONDecoder().decode(QueuesState.self, from: try #require(try await told(house).last).data)
            #expect(state.queues == (try await house.service.queues(for: house.admin)))
        }
    }

    @Test func `a sampler that starts anew tells nothing twice`() async throws {
        try await OperationsHouse.with { house async throws in
            #expect(try await sampler(house).sample())
            #expect(try await sampler(house).sample() == false)
        }
    }

    /// Seen red before the sampler looked again inside its transaction: each told the same.
    @Test func `several samplers tell together what one would`() async throws {
        try await OperationsHouse.with { house async throws in
            for round in 1...5 {
                try await house.ask("job-\(round)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try await sampler(house).sample() } }
                    try await group.waitForAll()
                }
                #expect(try await told(house).count == round)
            }
        }
    }

    @Test func `a state that this version cannot read is told anew`() async throws {
        try await OperationsHouse.with { house async throws in
            try await house.catalog.write { writer in
                try writer.tell(.queuesChanged, about: .queues, state: ["queues": 7], traceparent: nil)
            }
            #expect(try await sampler(house).sample())
        }
    }

    /// Seen red with a failed sample ending the service.
    @Test func `it samples each second until shutdown, whatever one sample comes to`() async throws {
        try await OperationsHouse.with { house async throws in
            let catalog = BusyCatalog(house.catalog, refusing: 1)
            let clock = ManualClock()
            let sampler = QueueSampler(operations: house.service, catalog: catalog, clock: clock, logger: .quiet)
            let services = ServiceGroup(services: [sampler], logger: .quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await services.run() }
                _ = try await catalog.refused.next("the first sample")
                #expect(try await told(house).isEmpty)
                for round in 1...2 {
                    try await house.ask("job-\(round)")
                    try await within(.seconds(20), "the next sample") {
                        while try await told(house).count < round {
                            try Task.checkCancellation()
                            clock.advance(by: .seconds(1))
                            await Task.yield()
                        }
                    }
                }
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: [
        (nil, nil, false), (nil, 0.1, true), (3, nil, true), (3, 3, false), (3, 12.9, false), (3, 13, true),
        (3, 13.5, true),
        (20, 10.1, false), (20, 10, true),
    ])
    func `age alone is worth an event when it has changed by ten seconds`(
        _ before: Double?, _ now: Double?, _ wanted: Bool
    ) {
        #expect(Self.state(oldest: now).differsNoticeably(from: Self.state(oldest: before)) == wanted)
    }

    @Test func `any other change is worth one`() {
        let base = Self.state(oldest: 3)
        let changes: [(inout QueueStatus) -> Void] = [
            { $0.ready = 9 }, { $0.unacked = 9 }, { $0.consumers = 9 }, { $0.dead = 9 }, { $0.note = "x" },
            { $0.name = "x" },
        ]
        for change in changes {
            var other = base
            change(&other.queues[1])
            #expect(other.differsNoticeably(from: base))
        }
        #expect(QueuesState(queues: []).differsNoticeably(from: base))
    }

    private static func state(oldest: Double?) -> QueuesState {
        let queue = QueueStatus(name: "q", ready: 1, unacked: 1, consumers: 1, oldestSeconds: oldest, dead: 1)
        return QueuesState(queues: [queue, queue])
    }

    private func sampler(_ house: OperationsHouse) -> QueueSampler {
        QueueSampler(operations: house.service, catalog: house.catalog, logger: .quiet)
    }

    private func told(_ house: OperationsHouse) async throws -> [DomainEvent] {
        try await house.catalog.dueEntries(limit: 1000).compactMap { entry in
            if case .event(let event) = entry.content, event.subject == "queues" { event } else { nil }
        }
    }
}
