import Catalog
import Domain
import Foundation
import HTTPTypes
import Jobs
import NIOCore
import Testing

/// `/api/operations/…`; that they are the administrator's alone is among the permissions.
struct OperationsRouteTests {
    private struct Listed: Decodable {
        struct Letter: Decodable { var id: Int64 }
        var deadLetters: [Letter]
    }

    @Test func `every work queue is told of, in order`() async throws {
        try await APIHouse.with { house in
            let answer = try jsonObject(try await house.send(.get, "/api/operations/queues"))
            let queues = try #require(answer["queues"] as? [[String: Any]])
            #expect(queues.map { $0["name"] as? String } == WorkQueue.allCases.map(\.rawValue))
            for queue in queues {
                #expect(
                    Set(queue.keys).isSuperset(of: ["ready", "unacked", "consumers", "oldestSeconds", "dead"]))
                #expect(queue["oldestSeconds"] is NSNull)
            }
        }
    }

    @Test func `dead letters are listed newest first, by queue, up to the limit`() async throws {
        try await APIHouse.with { house in
            try await Self.bury(3, .importMerge, house)
            try await Self.bury(2, .importResolve, house)
            #expect(try await Self.ids(house, "") == [5, 4, 3, 2, 1])
            #expect(try await Self.ids(house, "?limit=2") == [5, 4])
            #expect(try await Self.ids(house, "?queue=import.merge") == [3, 2, 1])
            #expect(try await Self.ids(house, "?queue=import.merge&limit=1000") == [3, 2, 1])
            #expect(try await Self.ids(house, "?queue=none").isEmpty)
        }
    }

    /// Seen red with a limit that was taken as it came.
    @Test(arguments: ["0", "1001", "-1", "1e3", "ten", "9223372036854775808", "1%00", "", "%20"])
    func `a limit outside 1...1000 is refused`(_ limit: String) async throws {
        try await APIHouse.with { house in
            let response = try await house.send(.get, "/api/operations/dead?limit=\(limit)")
            try expectProblem(response, 400, says: "limit")
        }
    }

    @Test(arguments: ["x", "1.0", "9223372036854775808", "0x1", "1%00", "%20", "1%2F2"])
    func `an id that is no number is 400`(_ id: String) async throws {
        try await APIHouse.with { house in
            try expectProblem(try await house.send(.get, "/api/operations/dead/\(id)"), 400, says: "id")
            try expectProblem(try await house.send(.post, "/api/operations/dead/\(id)/replay"), 400, says: "id")
        }
    }

    @Test(arguments: ["7", "0", "-1", "9223372036854775807"]) func `a letter that is not there is 404`(
        _ id: String
    ) async throws {
        try await APIHouse.with { house in
            try expectProblem(try await house.send(.get, "/api/operations/dead/\(id)"), 404, says: "no dead letter")
            let replay = try await house.send(.post, "/api/operations/dead/\(id)/replay")
            try expectProblem(replay, 404, says: "no dead letter")
        }
    }

    /// Seen red with the 409 of a second replay taken out.
    @Test func `a replay is accepted once, and asks for the job again`() async throws {
        try await APIHouse.with { house in
            try await house.catalog.write { writer in
                try writer.enqueue(
                    JobRequest(id: "job-1", MergeJob(sessionID: "imp_1"), about: .importSession("imp_1")))
            }
            // The relay has carried it to its queue.
            try await house.catalog.remove(try await house.catalog.dueEntries(limit: 10).map(\.id))
            try await Self.bury(1, .importMerge, house)
            let letter = try jsonObject(try await house.send(.get, "/api/operations/dead/1"))
            #expect(letter["jobId"] as? String == "job-1")
            #expect(letter["reason"] as? String == "it could not be done")
            #expect(letter["replayable"] as? Bool == true)
            let waiting = try await house.catalog.read { try $0.pendingJobs() }
            #expect(waiting.isEmpty)

            let replayed = try jsonObject(try await house.send(.post, "/api/operations/dead/1/replay"), .accepted)
            #expect(replayed["replayedAt"] is String)
            #expect(try await house.catalog.read { try $0.pendingJobs() }.map(\.count) == [1])
            let again = try await house.send(.post, "/api/operations/dead/1/replay")
            try expectProblem(again, 409, says: "was replayed at")
            #expect(try await Self.ids(house, "").isEmpty)
        }
    }

    private static func bury(_ count: Int, _ queue: WorkQueue, _ house: APIHouse) async throws {
        try await house.catalog.write { writer in
            for number in 1...count {
                try writer.record(
                    DeadLetter(
                        queue: queue.rawValue, jobID: "job-\(number)", type: JobType.merge.rawValue,
                        subject: "import:imp_1", reason: "it could not be done", attempts: 10, traceparent: nil,
                        diedAt: "2026-11-24T0\(number):00:00.000Z", body: Data("{}".utf8)))
            }
        }
    }

    private static func ids(_ house: APIHouse, _ query: String) async throws -> [Int64] {
        let response = try await house.send(.get, "/api/operations/dead" + query)
        #expect(response.status == .ok)
        return try JSONDecoder().decode(Listed.self, from: Data(response.body.readableBytesView)).deadLetters.map(\.id)
    }
}
