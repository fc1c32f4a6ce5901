import AMQP
import Jobs
import JobsAMQP
import Testing

/// Applying the topology to a live broker, and finding out how the broker differs.
@Suite(.timeLimit(.minutes(2)))
struct BrokerTopologyTests {
    @Test func `what was applied shows no difference, over the management API and without it`() async throws {
        try await RabbitMQSubject.with { subject in
            let truth = try TopologyDefinition.truth
            #expect(try await over(subject, management: true, truth) == [])
            #expect(try await over(subject, management: false, truth) == [BrokerTopology.notCompared])
            // Applying again changes nothing and is no error.
            try await BrokerTopology(client: subject.client, management: nil).apply(truth)
            #expect(try await over(subject, management: true, truth) == [])
        }
    }

    @Test func `a missing queue is named, over the management API and without it`() async throws {
        try await RabbitMQSubject.with { subject in
            let truth = try TopologyDefinition.truth
            try await subject.deleteQueue("import.resolve")
            let seen = try await over(subject, management: true, truth)
            #expect(seen.contains("queue import.resolve is missing"))
            // Its binding went with it.
            #expect(seen.contains { $0.hasPrefix("binding srto.jobs -> import.resolve") && $0.hasSuffix("is missing") })
            #expect(seen.count == 2)
            #expect(
                try await over(subject, management: false, truth)
                    == ["queue import.resolve is missing", BrokerTopology.notCompared])
            // Looking must not have mended it.
            #expect(try await subject.broker.depth(of: "import.resolve") == nil)
        }
    }

    @Test func `a missing exchange is named`() async throws {
        try await RabbitMQSubject.with { subject in
            try await subject.client.deleteExchange("srto.delay.1s")
            let truth = try TopologyDefinition.truth
            #expect(try await over(subject, management: true, truth).contains("exchange srto.delay.1s is missing"))
        }
    }

    @Test func `a policy that an operator set is named, whatever it holds`() async throws {
        try await RabbitMQSubject.with { subject in
            let policy = """
                {"pattern": "^no-such-queue", "apply-to": "queues", "priority": 3,
                 "definition": {"message-ttl": 60000, "ha-mode": "nodes", "ha-params": ["rabbit@nowhere"]}}
                """
            try await subject.host.request(.PUT, "/api/policies/\(subject.host.name)/short", body: policy)
            let seen = try await over(subject, management: true, try TopologyDefinition.truth)
            #expect(seen == ["policy short is extra: no definition has it"])
        }
    }

    @Test func `another argument is named, and applying refuses to hide it`() async throws {
        var changed = try TopologyDefinition.truth
        let position = try #require(changed.queues.firstIndex { $0.name == "import.resolve" })
        changed.queues[position].arguments["x-max-length"] = .integer(7)
        try await RabbitMQSubject.with(topology: changed) { subject in
            let truth = try TopologyDefinition.truth
            #expect(
                try await over(subject, management: true, truth)
                    == ["queue import.resolve: x-max-length is 7, not 200000"])
            let blind = try await over(subject, management: false, truth)
            #expect(blind.count == 2)
            #expect(blind.first?.contains("queue import.resolve: ") == true)
            #expect(blind.first?.contains("x-max-length") == true)
            let error = await #expect(throws: BrokerError.self) {
                try await BrokerTopology(client: subject.client, management: nil).apply(truth)
            }
            #expect(error?.code == .refused)
        }
    }

    @Test func `missing and extra bindings, queues and exchanges are named`() async throws {
        try await RabbitMQSubject.with { subject in
            let client = subject.client
            try await client.unbindQueue("import.merge", exchange: "srto.jobs", routingKey: "import.merge")
            try await client.declareExchange("stray.exchange", type: "topic")
            try await client.declareQueue("stray.queue", arguments: ["x-queue-type": "quorum"])
            try await client.bindQueue("stray.queue", exchange: "srto.events", routingKey: "stray.key")
            let seen = try await over(subject, management: true, try TopologyDefinition.truth)
            #expect(
                Set(seen) == [
                    #"binding srto.jobs -> import.merge (routing key "import.merge") is missing"#,
                    #"binding srto.events -> stray.queue (routing key "stray.key") is extra: no definition has it"#,
                    "queue stray.queue is extra: no definition has it",
                    "exchange stray.exchange is extra: no definition has it",
                ])
        }
    }

    @Test func `a management API that refuses says what to check`() async throws {
        try await RabbitMQSubject.with { subject in
            let stranger = try ManagementAPI(url: "http://nobody:wrong@\(managementAddress())", virtualHost: "/")
            let topology = BrokerTopology(client: subject.client, management: stranger)
            let error = await #expect(throws: BrokerError.self) {
                try await topology.differences(from: try TopologyDefinition.truth)
            }
            #expect(error?.code == .refused)
            #expect(error?.message.contains("401") == true)
            #expect(error?.message.contains("wrong") == false)
        }
    }

    private func over(
        _ subject: RabbitMQSubject, management: Bool, _ topology: TopologyDefinition
    ) async throws -> [String] {
        try await BrokerTopology(client: subject.client, management: management ? try subject.management() : nil)
            .differences(from: topology)
    }
}
