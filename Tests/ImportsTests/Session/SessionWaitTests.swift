import Catalog
import Domain
import Foundation
import Testing

@testable import Imports

struct SessionWaitTests {
    private static func wait(_ obstacles: SessionObstacles, _ status: ImportStatus = .processing) -> SessionWait {
        var session = ImportSession(
            sessionID: "imp_1", userID: "u", schemaID: "s", schemaVersion: "1", createdAt: "2026-11-24T04:00:00.000Z")
        session.status = status
        session.snapshotsTotal = 1
        return SessionWait(of: session, obstacles, ImportLimits())
    }

    private static func job(ahead: Int = 0, published: Bool = true, leased: Bool = false) -> OpenJob {
        OpenJob(queue: "import.merge", ahead: ahead, isPublished: published, isLeased: leased)
    }

    private static let letter = DeadLetter(
        id: 7, queue: "import.merge", jobID: "j", type: "t", subject: "import:imp_1", reason: "it is cursed",
        attempts: 9,
        traceparent: nil, diedAt: "2026-11-24T04:00:00.000Z", body: Data())
    private static let pause = PausedQueue(name: "import.merge", pausedBy: "ann", pausedAt: "now")

    /// The worst comes first: a job that died says more than those that wait behind it. Seen red with the pause passed
    /// over.
    @Test(arguments: [
        (SessionObstacles(job: job(), deadLetter: letter, pause: pause), "it is cursed", "srto dead replay 7"),
        (SessionObstacles(), "no job of it is on its way", "srto cancel imp_1"),
        (SessionObstacles(job: job(published: false), pause: pause), "paused by ann", "srto resume import.merge"),
        (SessionObstacles(job: job(published: false)), "outbox", "srto doctor"),
        (SessionObstacles(job: job(ahead: 3, leased: true)), "still alive", "srto cancel"),
        (SessionObstacles(job: job(ahead: 3)), "3 jobs of import.merge come before", "srto queues --watch"),
        (SessionObstacles(job: job()), "the next of import.merge", "srto queues"),
    ]) func `what is in the way is named, with what to do`(
        _ obstacles: SessionObstacles, _ reason: String, _ advice: String
    ) {
        let wait = Self.wait(obstacles)
        #expect(wait.reason.contains(reason), "\(wait.reason)")
        #expect(wait.advice.contains(advice), "\(wait.advice)")
    }

    @Test func `a merged session is not advised to be cancelled`() {
        #expect(!Self.wait(SessionObstacles(), .completed).advice.contains("cancel"))
    }

    @Test func `obstacles are read from the catalog, the snapshots' among them`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([.territories("T1")])
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.catalog.write {
                try $0.pause(PausedQueue(name: "import.validate-schema", pausedBy: "ann", pausedAt: "now"))
            }
            let report = try await house.report(id)
            #expect(report.waiting?.queue == "import.validate-schema")
            #expect(report.waiting?.paused == true)
            #expect(!report.stuck)
            try await house.work()
            let merged = try await house.report(id)
            #expect(merged.progress.status == .completed && !merged.progress.finished)
            #expect(merged.waiting?.queue == "snapshot.regenerate")
        }
    }

    /// Seen red with the bound left out of the digest.
    @Test func `of each code the first hundred are told, and all are counted`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            // Every other record lacks its name, the others have one key.
            let rows = (1...450).map { ["\($0),,\n", "same,Same,\n"][$0 % 2] }.joined()
            let report = try await house.run([TestFile("territories.csv", "id,name,parent\n" + rows)])
            let id = report.progress.sessionId
            let issues = try #require(try await house.imports.issues(ofSession: id, for: house.producer))
            let all = try await house.issues(id)
            #expect(issues.tally.codes.contains { $0.count > 200 })
            #expect(issues.tally == report.tally)
            #expect(issues.tally.errors + issues.tally.warnings == all.count)
            for code in issues.tally.codes {
                let expected = all.filter { $0.code?.rawValue == code.code && $0.severity == code.severity.rawValue }
                #expect(code.count == expected.count)
                let told = issues.issues.filter { $0.code == code.code && $0.severity == code.severity }
                #expect(told.map(\.line) == expected.prefix(100).map(\.line), "\(code.code)")
            }
            let other = UserContext(userId: "other", role: .gtPlanner)
            let error = await #expect(throws: RequestError.self) {
                try await house.imports.issues(ofSession: id, for: other)
            }
            #expect(error?.status == 404)
        }
    }
}
