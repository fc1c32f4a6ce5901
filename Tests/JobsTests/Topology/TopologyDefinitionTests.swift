import Foundation
import Jobs
import Testing

struct TopologyDefinitionTests {
    @Test func `there is no difference to itself`() throws {
        let truth = try TopologyDefinition.truth
        #expect(truth.differences(from: truth) == [])
        let encoded = try JSONEncoder().encode(truth)
        #expect(truth.differences(from: try TopologyDefinition(definitionsJSON: encoded)) == [])
    }

    @Test func `every difference is named`() throws {
        let truth = try TopologyDefinition.truth
        var live = truth
        live.exchanges.removeAll { $0.name == "srto.dead" }
        let topic = try #require(live.exchanges.firstIndex { $0.name == "srto.events" })
        live.exchanges[topic].type = "fanout"
        live.exchanges[topic].durable = false
        live.queues.removeAll { $0.name == "import.resolve.dead" }
        let merge = try #require(live.queues.firstIndex { $0.name == "import.merge" })
        live.queues[merge].name = "stranger"
        let resolve = try #require(live.queues.firstIndex { $0.name == "import.resolve" })
        live.queues[resolve].arguments["x-delivery-limit"] = .integer(3)
        live.queues[resolve].arguments["x-overflow"] = nil
        live.queues[resolve].arguments["x-priority"] = .bool(true)
        let binding = try #require(live.bindings.firstIndex { $0.destination == "import.resolve" })
        live.bindings[binding].routingKey = "elsewhere"
        live.policies = [
            .init(
                name: "ttl", pattern: "^import", appliesTo: "queues", priority: 0,
                definition: ["message-ttl": .integer(60_000)])
        ]
        #expect(
            truth.differences(from: live) == [
                "exchange srto.dead is missing",
                "exchange srto.events: type is fanout, not topic",
                "exchange srto.events: durable is false, not true",
                "queue import.merge is missing",
                "queue import.resolve.dead is missing",
                "queue stranger is extra: no definition has it",
                "queue import.resolve: x-delivery-limit is 3, not 11",
                "queue import.resolve: x-overflow is missing; it should be \"reject-publish\"",
                "queue import.resolve: x-priority is extra: it is true",
                "binding srto.jobs -> import.resolve (routing key \"import.resolve\") is missing",
                "binding srto.jobs -> import.resolve (routing key \"elsewhere\") is extra: no definition has it",
                "policy ttl is extra: no definition has it",
            ])
        var wanted = truth
        wanted.policies = live.policies
        #expect(wanted.differences(from: truth) == ["policy ttl is missing"])
        live = wanted
        live.policies[0].pattern = ".*"
        live.policies[0].priority = 7
        live.policies[0].definition = ["message-ttl": .integer(1)]
        #expect(
            wanted.differences(from: live) == [
                "policy ttl: pattern is .*, not ^import", "policy ttl: priority is 7, not 0",
                "policy ttl: message-ttl is 1, not 60000",
            ])
    }

    /// A virtual host's export has no `vhost` fields and its own order; the broker's own exchanges do not count.
    @Test func `a broker's export can be read`() throws {
        let export = """
            {"rabbit_version": "3.10.8", "policies": [], "parameters": [],
             "exchanges": [{"name": "amq.direct", "type": "direct", "durable": true, "auto_delete": false,
                            "internal": false, "arguments": {}},
                           {"name": "", "type": "direct", "durable": true, "auto_delete": false,
                            "internal": false, "arguments": {}},
                           {"name": "e", "type": "topic", "durable": true, "auto_delete": false,
                            "internal": false, "arguments": {}}],
             "queues": [{"name": "q", "durable": true, "auto_delete": false, "arguments":
                         {"x-max-length": 10, "x-queue-type": "quorum", "x-single-active-consumer": true}}],
             "bindings": [{"source": "", "destination": "q", "destination_type": "queue", "routing_key": "q"},
                          {"source": "e", "destination": "q", "destination_type": "queue", "routing_key": "#"}]}
            """
        let read = try TopologyDefinition(definitionsJSON: Data(export.utf8))
        #expect(read.exchanges.map(\.name) == ["e"])
        #expect(read.bindings.map(\.source) == ["e"])
        #expect(
            read.queue(named: "q")?.arguments == [
                "x-max-length": .integer(10), "x-queue-type": .string("quorum"),
                "x-single-active-consumer": .bool(true),
            ])
    }

    @Test(arguments: [
        ("", TopologyError.Code.notJSON, "no JSON"),
        ("[]", .notJSON, "no JSON"),
        (#"{"queues": [], "bindings": []}"#, .malformed, "the file has no \"exchanges\""),
        (#"{"exchanges": [{"name": "e"}], "queues": [], "bindings": []}"#, .malformed, "exchanges.[0] has no \"type\""),
        (
            #"{"exchanges": [], "queues": [{"name": "q", "durable": true, "auto_delete": false, "arguments": {"x": {"y": 1}}}], "bindings": []}"#,
            .malformed, "queues.[0].arguments.x"
        ),
    ])
    func refuses(_ json: String, with code: TopologyError.Code, naming place: String) {
        let error = #expect(throws: TopologyError.self) {
            try TopologyDefinition(definitionsJSON: Data(json.utf8))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(place) == true, "\(error?.message ?? "")")
    }
}
