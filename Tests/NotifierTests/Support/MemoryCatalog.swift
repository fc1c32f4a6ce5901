import Catalog
import Domain
import Foundation
import Synchronization

/// As much of a catalog as the notifier reads.
final class MemoryCatalog: Catalog {
    struct Content {
        var owners: [String: String] = [:]
        var paths: [String: [String]] = [:]
        var states: [String: SubjectState] = [:]
    }

    private let content: Mutex<Content>
    private let failing = Atomic(false)
    private let reading: @Sendable () async -> Void

    /// - Parameter reading: runs before each read.
    init(_ content: Content = Content(), reading: @escaping @Sendable () async -> Void = {}) {
        self.content = Mutex(content)
        self.reading = reading
    }

    func set(_ state: SubjectState) { content.withLock { $0.states[state.subject] = state } }

    func setFailing(_ fails: Bool) { failing.store(fails, ordering: .relaxed) }

    func read<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogReader) throws -> Value
    ) async throws -> Value {
        await reading()
        if failing.load(ordering: .relaxed) { throw CatalogError(.unavailable, "down for the test") }
        return try body(Reader(content: content.withLock { $0 }))
    }

    func write<Value: Sendable>(
        _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value {
        throw CatalogError(.failed, "the notifier writes nothing")
    }

    private struct Reader: CatalogReader {
        let content: Content

        func state(of topic: Topic) throws -> SubjectState? { content.states[topic.description] }
        func path(ofTerritory id: String) throws -> [String] { content.paths[id] ?? [] }
        func session(_ id: String) throws -> ImportSession? {
            content.owners[id].map {
                ImportSession(
                    sessionID: id, userID: $0, schemaID: "outlets", schemaVersion: "1",
                    createdAt: "2026-11-24T03:49:12.123Z")
            }
        }

        func mergedSession(of userID: String, contentKey: String) throws -> ImportSession? { nil }
        func changes(after version: Int64, limit: Int) throws -> [CatalogChange] { [] }
        func auditEntries(_ query: AuditQuery) throws -> [NumberedAuditEntry] { [] }
        func sessionsWithUploads(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] { [] }
        func pace(ofSession id: String) throws -> SessionPace? { nil }
        func sessions(_ query: SessionQuery) throws -> [TimedSession] { [] }
        func openJobs(about topic: Topic, limit: Int) throws -> [OpenJob] { [] }
        func deadLetters(about topic: Topic, limit: Int) throws -> [DeadLetter] { [] }
        func pendingJobs() throws -> [PendingJobs] { [] }
        func version() throws -> Int64 { 0 }
        func territories() throws -> [TerritorySummary] { [] }
        func version(ofTerritory id: String) throws -> Int64? { nil }
        func forEachRow(_ selection: RowSelection, _ body: ([FieldValue]) throws -> Void) throws {}
        func forEachCells(_ selection: RowSelection, _ body: ([PackedRow.Cell]) throws -> Void) throws {}
        func forEachTerritory(
            ofRows keys: [String]?, in table: EntityTable, _ body: (_ key: String, _ territory: String?) throws -> Void
        ) throws {}
        func forEachText(
            in table: EntityTable, column: Int, isFilled: Bool,
            _ body: (_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer?) throws -> Void
        ) throws {}
        func remembers(_ version: Int64, madeBy session: String) -> Bool { false }
        func keysChanged(
            by versions: ClosedRange<Int64>, in table: EntityTable, columns: [Int], limit: Int
        ) -> [String]? { nil }
        func existing(_ keys: [String], in table: EntityTable) throws -> Set<String> { [] }
        func schema(_ id: String, version: String?) throws -> ImportSchema? { nil }
        func schemas() throws -> [ImportSchema] { [] }
        func files(ofSession id: String) throws -> [ImportFile] { [] }
        func chunks(ofSession id: String) throws -> [ImportChunk] { [] }
        func sessions(
            in statuses: Set<ImportStatus>, unchangedSince instant: Date, limit: Int
        ) throws -> [ImportSession] { [] }
        func jobCounts(since instant: Date) throws -> [JobCounts] { [] }
        func pausedQueues() throws -> [PausedQueue] { [] }
        func outboxState() throws -> OutboxState { OutboxState(entries: 0, oldestSeconds: 0) }
        func outboxDepth(upTo limit: Int) throws -> Int { 0 }
        func sessionsAwaitingSnapshots(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] { [] }
        func awaitedSnapshots(ofSession id: String) throws -> [String] { [] }
        func sessionsToClear(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] { [] }
        func deadLetters(queue: String?, limit: Int) throws -> [DeadLetter] { [] }
        func deadLetter(_ id: Int64) throws -> DeadLetter? { nil }
        func deadLetterCounts() throws -> [String: Int] { [:] }
        func unlocatedOutlets(
            ofChange version: Int64, after position: Int64, limit: Int
        ) throws -> [UnlocatedOutlet] { [] }
        func geocode(_ key: GeocodeKey, since instant: Date) throws -> Geocode? { nil }
        func stillUnlocated(_ places: [OutletPlace]) throws -> [OutletPlace] { [] }
    }
}
