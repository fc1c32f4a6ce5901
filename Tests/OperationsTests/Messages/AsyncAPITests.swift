import Domain
import Foundation
import Jobs
import JobsConformance
import Operations
import TestSupport
import Testing
import Yams

/// `topology/asyncapi.yaml` against the code: every message there is, with every field that it can have.
struct AsyncAPITests {
    private let document: [String: Any]

    init() throws {
        let file = TestServers.repository.appending(path: "topology/asyncapi.yaml")
        document = try #require(try Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any])
    }

    /// Seen red with a type left out and with one too many.
    @Test func `every job and event is described, and nothing else`() throws {
        let messages = try #require(try at("components", "messages") as? [String: Any])
        let types = JobType.allCases.map(\.rawValue) + EventType.allCases.map(\.rawValue) + ["io.srto.control.v1"]
        #expect(Set(messages.keys) == Set(types))
    }

    @Test func `every exchange, work queue and the stream is a channel, and each one leads somewhere`() throws {
        let channels = try #require(document["channels"] as? [String: [String: Any]])
        var addresses = Set(channels.values.compactMap { $0["address"] as? String })
        let seconds = try #require((channels["delay"]?["parameters"] as? [String: [String: Any]])?["seconds"]?["enum"])
        #expect(addresses.remove("srto.delay.{seconds}") != nil)
        for delay in try #require(seconds as? [String]) { addresses.insert("srto.delay.\(delay)") }
        let truth = try TopologyDefinition.truth
        let names = truth.exchanges.map(\.name) + truth.queues.map(\.name).filter { !$0.hasSuffix(".dead") }
        #expect(addresses == Set(names))
        for (name, channel) in channels {
            for message in try #require(channel["messages"] as? [String: Any], "\(name)").values {
                #expect(try resolved(message)["headers"] != nil, "\(name)")
            }
        }
    }

    /// A payload with everything that is optional filled in has just the described fields. Seen red with a field left out
    /// of the document, and with one that the code does not have.
    @Test(arguments: samples.indices) func `a message has the fields that are described`(_ position: Int) throws {
        let (type, payload, headers) = try Self.samples[position]()
        let message = try resolved(try at("components", "messages", type))
        try expect(JSONSerialization.jsonObject(with: payload), isDescribedBy: try resolved(message["payload"]), type)
        let described = try resolved(message["headers"])
        let names = try #require(described["properties"] as? [String: Any])
        #expect(Set(names.keys) == Set(headers), "\(type)")
    }

    @Test func `a dead letter has the headers that are described`() throws {
        let envelope = JobEnvelope(
            request: try JobRequest(id: "j", MergeJob(sessionID: "s"), about: .importSession("s")))
        let dead = DeadLetterMessage.outbound(envelope.message, from: .importMerge, reason: "r", attempts: 1, at: "t")
        let own = try #require(try at("components", "schemas", "deadHeaders") as? [String: Any])
        let names = try #require(own["properties"] as? [String: Any]).keys
        #expect(Set(dead.message.headers.keys).subtracting(envelope.message.headers.keys) == Set(names))
    }

    private static let samples: [@Sendable () throws -> (type: String, payload: Data, headers: [String])] = [
        { try job(ValidateSchemaJob(sessionID: "s")) },
        {
            try job(
                ValidateChunkJob(
                    sessionID: "s",
                    chunk: ImportChunk(
                        ordinal: 1, fileIndex: 0, byteOffset: 2, byteLength: 3, firstLine: 4, firstRecord: 5)))
        },
        { try job(ResolveJob(sessionID: "s")) }, { try job(MergeJob(sessionID: "s")) },
        {
            let rights = UserContext.Assignment(territoryId: "t", level: .area, permissions: [.importData])
            let caller = UserContext(userId: "u", role: .gtPlanner, assignments: [rights])
            return try job(RollbackJob(sessionID: "s", caller: caller, isForced: true))
        },
        { try job(RegenerateSnapshotJob(territoryID: "t", version: 1, sessionID: "s")) },
        { try event(.importProgress, importState) }, { try event(.importFinished, importState) },
        {
            try event(
                .snapshotUpdated,
                SnapshotState(territoryId: "t", version: 1, hash: "h", outlets: 2, generatedAt: "g"))
        },
        {
            try event(
                .queuesChanged,
                QueuesState(queues: [
                    QueueStatus(
                        name: "q", ready: 1, unacked: 2, consumers: 3, oldestSeconds: 4.5, dead: 5, inPerSecond: 1.5,
                        outPerSecond: 2.5, drainSeconds: 3.5, growing: true, paused: true,
                        note: "n")
                ]))
        },
    ]

    private static var importState: ImportProgress {
        var session = ImportSession(sessionID: "s", userID: "u", schemaID: "c", schemaVersion: "1", createdAt: "d")
        session.errorCode = "e"
        session.errorMessage = "m"
        session.sameAs = "r"
        session.stage = .validate
        (session.bytesDone, session.bytesTotal, session.counts.read) = (3, 10, 7)
        return ImportProgress(of: session, stageSeconds: 3)
    }

    private static func job(_ payload: some JobPayload) throws -> (String, Data, [String]) {
        let request = try JobRequest(id: "j", payload, about: .importSession("s"), traceparent: "00-a-b-01")
        return (
            request.type.rawValue, request.data, Array(JobEnvelope(request: request, attempts: 1).message.headers.keys)
        )
    }

    private static func event(_ type: EventType, _ state: some Encodable) throws -> (String, Data, [String]) {
        let event = DomainEvent(
            id: "e", type: type, subject: "s", sequence: 1, time: "t", traceparent: "00-a-b-01",
            data: try JSONEncoder().encode(state))
        return (type.rawValue, event.data, Array(EventEnvelope(event: event, log: "l").outbound.message.headers.keys))
    }

    private func expect(_ value: Any, isDescribedBy schema: [String: Any], _ place: String) throws {
        switch schema["type"] as? String {
        case "object":
            let object = try #require(value as? [String: Any], "\(place)")
            let properties = try #require(schema["properties"] as? [String: Any], "\(place)")
            #expect(Set(object.keys) == Set(properties.keys), "\(place)")
            #expect(Set(schema["required"] as? [String] ?? []).isSubset(of: properties.keys), "\(place)")
            for (name, member) in object {
                guard let described = properties[name] else { continue }
                try expect(member, isDescribedBy: try resolved(described), "\(place).\(name)")
            }
        case "array":
            let items = try resolved(schema["items"])
            let list = try #require(value as? [Any], "\(place)")
            guard let objects = list as? [[String: Any]], !objects.isEmpty else {
                for item in list { try expect(item, isDescribedBy: items, place + "[]") }
                return
            }
            // What is optional stands in one of them at least.
            for required in items["required"] as? [String] ?? [] {
                #expect(objects.allSatisfy { $0[required] != nil }, "\(place)[].\(required)")
            }
            let all = objects.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
            try expect(all, isDescribedBy: items, place + "[]")
        case "string":
            let text = try #require(value as? String, "\(place)")
            if let values = schema["enum"] as? [String] { #expect(values.contains(text), "\(place): \(text)") }
        case "integer", "boolean": #expect(value is Int, "\(place)")
        default: #expect(value is Double, "\(place)")
        }
    }

    /// What a part of the document is, or refers to.
    private func resolved(_ part: Any?) throws -> [String: Any] {
        let object = try #require(part as? [String: Any])
        guard let reference = object["$ref"] as? String else { return object }
        // A name may hold dots and never a slash.
        return try resolved(try at(path: reference.dropFirst(2).split(separator: "/").map(String.init)))
    }

    private func at(_ path: String...) throws -> Any { try at(path: path) }

    private func at(path: [String]) throws -> Any {
        try path.reduce(document as Any) { part, name in
            try #require((part as? [String: Any])?[name], "\(path.joined(separator: "/"))")
        }
    }
}
