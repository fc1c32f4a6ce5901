import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import JobsConformance
import Logging
import TestSupport

/// A relay between a catalog file of its own and an in-memory broker.
struct RelayHouse: Sendable {
    let path: String
    let catalog: SQLiteCatalog
    let memory: InMemoryBroker
    let broker: ObservedBroker

    static func with(
        topology: TopologyDefinition? = nil, failing faults: [ObservedBroker.Fault] = [],
        _ body: (RelayHouse) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            let memory = InMemoryBroker(topology: try topology ?? .truth)
            try await body(
                RelayHouse(
                    path: path, catalog: try SQLiteCatalog(path: path), memory: memory,
                    broker: ObservedBroker(memory, failing: faults)))
        }
    }

    /// Asks for a job under each id, all in one transaction.
    func ask(_ ids: [String]) async throws {
        try await catalog.write { writer in
            for id in ids {
                try writer.enqueue(JobRequest(id: id, ResolveJob(sessionID: "s"), about: .importSession("s")))
            }
        }
    }

    /// Tells of a session's state.
    func tell(_ number: Int) async throws {
        try await catalog.write { writer in
            try writer.tell(.importProgress, about: .importSession("s"), state: ["number": number], traceparent: nil)
        }
    }

    func pending() async throws -> [PendingJobs] {
        try await catalog.read { try $0.pendingJobs() }
    }

    /// Runs the relay while `body` runs, then shuts it down gracefully.
    func whileRelaying(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await runGracefully(OutboxRelay(store: catalog, broker: broker, logger: .quiet), while: body)
    }

    /// Runs the relay until it has published one event.
    func relayOneEvent() async throws -> EventEnvelope {
        let relayed = Signals<EventEnvelope>()
        try await whileRelaying {
            relayed.send(try EventEnvelope(try await broker.published.next("an event").message))
        }
        return try await relayed.next("the event")
    }
}
