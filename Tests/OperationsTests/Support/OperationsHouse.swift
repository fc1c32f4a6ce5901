import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import JobsConformance
import Logging
import Operations
import ServiceLifecycle
import TestSupport

/// A catalog file of a test's own, an in-memory broker with the real topology, and the room between them.
struct OperationsHouse: Sendable {
    let catalog: SQLiteCatalog
    let memory: InMemoryBroker
    let admin = UserContext(userId: "boss", role: .admin)

    var service: OperationsService { OperationsService(broker: memory, catalog: catalog) }

    static func with(_ body: (OperationsHouse) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            try await body(
                OperationsHouse(
                    catalog: try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path),
                    memory: InMemoryBroker(topology: try .truth)))
        }
    }

    /// Asks for a resolve job of session `s1` and returns the request.
    @discardableResult
    func ask(_ id: String) async throws -> JobRequest {
        let request = try JobRequest(
            id: id, ResolveJob(sessionID: "s1"), about: .importSession("s1"), traceparent: "00-a-b-01")
        try await catalog.write { try $0.enqueue(request) }
        return request
    }

    /// Publishes what lies in the outbox, as the relay does.
    func relay() async throws {
        let entries = try await catalog.dueEntries(limit: 1000)
        try await memory.publish(entries.map { $0.outbound(log: "l1") })
        try await catalog.remove(entries.map(\.id))
    }

    /// Opens import session `s1`.
    func openSession(_ status: ImportStatus, error: String? = nil) async throws {
        try await catalog.write { writer in
            var session = ImportSession(
                sessionID: "s1", userID: "somchai", schemaID: "x", schemaVersion: "1",
                createdAt: "2026-11-24T05:00:00.000Z")
            session.status = status
            session.errorMessage = error
            try writer.save(session)
        }
    }

    /// Records a dead letter and returns its id.
    @discardableResult
    func record(_ letter: DeadLetter) async throws -> Int64 {
        try await catalog.write { writer in
            try writer.record(letter)
            return try writer.deadLetters(queue: nil, limit: 1).first?.id ?? 0
        }
    }

    /// What the catalog has recorded and nobody replayed, oldest first.
    func letters() async throws -> [DeadLetter] {
        try await catalog.read { try $0.deadLetters(queue: nil, limit: 1000) }.reversed()
    }

    /// Runs the recorder while `body` runs, then shuts it down gracefully and waits until it has gone.
    func whileRecording(
        from broker: any Broker, to catalog: (any Catalog)? = nil, _ body: () async throws -> Void
    ) async throws {
        let recorder = DeadLetterRecorder(broker: broker, catalog: catalog ?? self.catalog, logger: .quiet)
        let services = ServiceGroup(services: [recorder], logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await body()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

extension DeadLetter {
    /// A dead letter of a resolve job.
    static func sample(
        _ job: String = "job-1", queue: String = WorkQueue.importResolve.rawValue,
        type: String = JobType.resolve.rawValue, subject: String = "import:s1", replayedAt: String? = nil,
        body: Data = Data(#"{"sessionID":"s1"}"#.utf8)
    ) -> DeadLetter {
        DeadLetter(
            queue: queue, jobID: job, type: type, subject: subject, reason: "tried 9 times", attempts: 9,
            traceparent: "00-a-b-01", diedAt: "2026-11-24T05:00:00.000Z", replayedAt: replayedAt, body: body)
    }
}

extension Logger {
    /// A logger that says nothing.
    static var quiet: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
