import Domain
import Foundation
import Jobs
import Testing

/// The names in the code against `topology/definitions.json`.
struct TopologyTests {
    let truth: TopologyDefinition

    init() throws { truth = try .truth }

    @Test func `the exchanges are there`() {
        #expect(truth.exchange(named: Topology.jobs)?.type == "direct")
        #expect(truth.exchange(named: Topology.dead)?.type == "direct")
        #expect(truth.exchange(named: Topology.events)?.type == "topic")
    }

    @Test(arguments: WorkQueue.allCases)
    func `a work queue counts deliveries and keeps its dead`(_ queue: WorkQueue) throws {
        let definition = try #require(truth.queue(named: queue.rawValue))
        #expect(definition.durable)
        #expect(definition.arguments["x-queue-type"] == .string("quorum"))
        #expect(definition.arguments["x-delivery-limit"] == .integer(Int64(RetryPolicy.mostAttempts + 1)))
        #expect(definition.arguments["x-dead-letter-exchange"] == .string(Topology.dead))
        #expect(definition.arguments["x-dead-letter-routing-key"] == .string(queue.rawValue))
        let single = definition.arguments["x-single-active-consumer"] == .bool(true)
        #expect(single == [.importMerge, .importRollback, .catalogGeocode].contains(queue))
        #expect(binds(Topology.jobs, queue.rawValue, to: queue.rawValue))
        #expect(truth.queue(named: queue.deadLetterQueue) != nil)
        #expect(binds(Topology.dead, queue.rawValue, to: queue.deadLetterQueue))
    }

    @Test(arguments: DelayQueue.allCases)
    func `a delay queue lasts as long as its name says`(_ queue: DelayQueue) throws {
        let definition = try #require(truth.queue(named: queue.rawValue))
        #expect(definition.arguments["x-message-ttl"] == .integer(queue.delay.components.seconds * 1000))
        #expect(definition.arguments["x-dead-letter-exchange"] == .string(Topology.jobs))
        #expect(definition.arguments["x-dead-letter-routing-key"] == nil)
        #expect(truth.exchange(named: queue.rawValue)?.type == "fanout")
        #expect(binds(queue.rawValue, "", to: queue.rawValue))
    }

    @Test func `the event log takes every event and drops segments, not fresh events`() throws {
        let log = try #require(truth.queue(named: Topology.eventLog))
        #expect(log.isStream)
        #expect(binds(Topology.events, "#", to: Topology.eventLog))
        guard case .integer(let total)? = log.arguments["x-max-length-bytes"],
            case .integer(let segment)? = log.arguments["x-stream-max-segment-size-bytes"]
        else { throw TopologyError(.malformed, "the log has no bounds") }
        #expect(total / segment >= 16)
    }

    @Test func `every queue is durable and bounded, and dead-letters at least once`() {
        for queue in truth.queues where !queue.isStream {
            #expect(queue.durable)
            #expect(queue.arguments["x-max-length"] != nil, "\(queue.name)")
            #expect(queue.arguments["x-overflow"] == .string("reject-publish"), "\(queue.name)")
            if queue.arguments["x-dead-letter-exchange"] != nil {
                #expect(queue.arguments["x-dead-letter-strategy"] == .string("at-least-once"), "\(queue.name)")
            }
        }
    }

    @Test func `nothing is there that the code does not know`() {
        let known =
            WorkQueue.allCases.flatMap { [$0.rawValue, $0.deadLetterQueue] }
            + DelayQueue.allCases.map(\.rawValue) + [Topology.eventLog]
        #expect(Set(truth.queues.map(\.name)) == Set(known))
        #expect(truth.queues.count == known.count)
        let exchanges =
            DelayQueue.allCases.map(\.rawValue) + [Topology.jobs, Topology.dead, Topology.events, Topology.control]
        #expect(Set(truth.exchanges.map(\.name)) == Set(exchanges))
        #expect(truth.bindings.count == truth.queues.count)
    }

    @Test(arguments: JobType.allCases, [false, true])
    func `every job has a queue`(_ type: JobType, interactive: Bool) {
        let queue = Topology.queue(for: type, interactive: interactive)
        #expect(truth.queue(named: queue.rawValue) != nil)
    }

    private func binds(_ source: String, _ key: String, to destination: String) -> Bool {
        truth.bindings.contains {
            $0.source == source && $0.destination == destination && $0.destinationType == "queue"
                && $0.routingKey == key
        }
    }
}
