import Catalog
import Domain
import Jobs
import Operations
import Testing

struct QueuesTests {
    @Test(arguments: [Role.gtPlanner, .mtPlanner, .distributorUser])
    func `queues are shown to administrators only`(_ role: Role) async throws {
        try await OperationsHouse.with { house async throws in
            let everywhere = UserContext.Assignment(
                territoryId: "T1", level: .country, permissions: Permission.allCases)
            let user = UserContext(userId: "u", role: role, assignments: [everywhere])
            let error = await #expect(throws: RequestError.self) { try await house.service.queues(for: user) }
            #expect(error?.code == .insufficientPermissions)
            #expect(error?.status == 403)
        }
    }

    @Test func `every work queue is listed, in order, empty ones too`() async throws {
        try await OperationsHouse.with { house async throws in
            let queues = try await house.service.queues(for: house.admin)
            #expect(queues.map(\.name) == WorkQueue.allCases.map(\.rawValue))
            for queue in queues {
                #expect(
                    queue
                        == QueueStatus(
                            name: queue.name, ready: 0, unacked: 0, consumers: 0, oldestSeconds: nil, dead: 0))
            }
        }
    }

    /// Seen red with `unacked` taken for 0, and with the dead on their way left out.
    @Test func `a queue tells what waits, what is in hand, who works, the oldest and the dead`() async throws {
        try await OperationsHouse.with { house async throws in
            for number in 0..<5 { try await house.ask("job-\(number)") }
            try await house.relay()
            try await house.ask("job-5")
            let subscription = try await house.memory.subscribe(to: "import.resolve", prefetch: 2)
            try await house.record(.sample("buried"))
            try await house.memory.publish([
                OutboundMessage(
                    exchange: Topology.dead, routingKey: "import.resolve",
                    message: WireMessage(id: "dying", type: nil, body: []))
            ])
            let queue = try await resolveQueue(house)
            #expect(queue.ready == 3)
            #expect(queue.unacked == 2)
            #expect(queue.consumers == 1)
            #expect(queue.dead == 2)
            #expect(queue.note == "1 wait in the outbox")
            let age = try #require(queue.oldestSeconds)
            #expect(age >= 0 && age < 60)
            subscription.cancel()
            #expect(try await resolveQueue(house).consumers == 0)
        }
    }

    @Test func `a job with its effect, or dead and recorded, waits no longer`() async throws {
        try await OperationsHouse.with { house async throws in
            for id in ["done", "dead", "waiting"] { try await house.ask(id) }
            try await house.catalog.remove(try await house.catalog.dueEntries(limit: 9).map(\.id))
            _ = try await house.catalog.write { try $0.markApplied("done") }
            try await house.record(.sample("dead"))
            let queue = try await resolveQueue(house)
            #expect(queue.unacked == 1)
            #expect(queue.dead == 1)
        }
    }

    @Test func `what was asked for and done in the last minute is counted, what was cancelled is not done`()
        async throws
    {
        try await OperationsHouse.with { house async throws in
            for number in 0..<6 { try await house.ask("job-\(number)") }
            for number in 0..<3 { _ = try await house.catalog.write { try $0.markApplied("job-\(number)") } }
            try await house.catalog.write { try $0.cancelJobs(about: .importSession("s1"), in: nil) }
            let queue = try await resolveQueue(house)
            #expect(queue.inPerSecond == 0.1 && queue.outPerSecond == 0.05)
        }
    }

    @Test func `a broker that is away leaves what the catalog knows`() async throws {
        try await OperationsHouse.with { house async throws in
            for id in ["a", "b"] { try await house.ask(id) }
            let service = OperationsService(broker: UnreachableBroker(), catalog: house.catalog)
            let queues = try await service.queues(for: house.admin)
            #expect(queues.count == WorkQueue.allCases.count)
            #expect(queues.allSatisfy { $0.note?.contains("broker is not reached") == true })
            #expect(queues.first { $0.name == "import.resolve" }?.oldestSeconds != nil)
        }
    }

    @Test func `a queue that the broker lost is named, its neighbours stand as before`() async throws {
        try await OperationsHouse.with { house async throws in
            house.memory.deleteQueue("import.merge")
            let queues = try await house.service.queues(for: house.admin)
            #expect(queues.filter { $0.note != nil }.map(\.name) == ["import.merge"])
        }
    }

    private func resolveQueue(_ house: OperationsHouse) async throws -> QueueStatus {
        try #require(try await house.service.queues(for: house.admin).first { $0.name == "import.resolve" })
    }
}
