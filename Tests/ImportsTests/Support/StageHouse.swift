import Catalog
import CatalogSQLite
import Domain
import Foundation
import Jobs
import JobsConformance
import ObjectStore
import TestSupport

@testable import Imports

/// The stages of an import on a real catalog and object store in a folder of the test's own. There is no broker: jobs
/// are taken from the outbox one at a time, so that a test decides how often each runs and what comes between.
struct StageHouse: Sendable {
    let catalogPath: String
    let catalog: SQLiteCatalog
    let store: LocalObjectStore
    let stages: ImportStages
    let imports: ImportService
    private(set) var producer = UserContext(userId: "tester", role: .admin)

    /// Makes the house, keeps `schemas` in its catalog, runs `body`, and takes it down.
    static func with<Value: Sendable>(
        _ schemas: ImportSchema..., limits: ImportLimits = ImportLimits(), asksForGeocoding: Bool = false,
        _ body: (StageHouse) async throws -> Value
    ) async throws -> Value {
        try await TestFolder.with { folder in
            let house = try StageHouse(folder: folder, limits: limits, asksForGeocoding: asksForGeocoding)
            for schema in schemas { try await house.imports.save(schema, by: house.producer) }
            return try await body(house)
        }
    }

    private init(folder: URL, limits: ImportLimits, asksForGeocoding: Bool) throws {
        catalogPath = folder.appending(path: "catalog.sqlite").path
        catalog = try SQLiteCatalog(path: catalogPath)
        store = try LocalObjectStore(root: folder.appending(path: "objects").path)
        stages = ImportStages(
            catalog: catalog, store: store, hotState: NoHotState(), limits: limits,
            asksForGeocoding: asksForGeocoding)
        imports = try Self.service(catalog, store, limits)
    }

    private static func service(
        _ catalog: any Catalog, _ store: any ObjectStore, _ limits: ImportLimits
    ) throws -> ImportService {
        ImportService(
            catalog: catalog, store: store, signer: URLSigner(secret: [UInt8](repeating: 7, count: 32)),
            hotState: NoHotState(), control: ControlSignal(broker: InMemoryBroker(topology: try .truth)), limits: limits
        )
    }

    /// What producers ask, with another catalog than the house's own.
    func service(on catalog: any Catalog) throws -> ImportService { try Self.service(catalog, store, ImportLimits()) }

    /// The same house, as somebody else uses it.
    func `as`(_ user: UserContext) -> StageHouse {
        var house = self
        house.producer = user
        return house
    }

    /// Opens a session and uploads its files; returns its id.
    func open(
        _ files: [TestFile], schema: String = "shop", by user: UserContext? = nil
    ) async throws -> String {
        let opened = try await imports.open(
            schemaID: schema, version: nil,
            files: files.map { DeclaredFile(name: $0.name, size: Int64($0.bytes.count), format: $0.format) },
            by: user ?? producer,
            traceparent: nil)
        for file in files { try await upload(file.bytes, to: opened.uploadUrls[file.name] ?? "") }
        return opened.sessionId
    }

    /// PUTs bytes to a signed path.
    /// - Parameter service: takes them in place of the house's own.
    func upload(_ bytes: [UInt8], to path: String, through service: ImportService? = nil) async throws {
        guard let url = URLComponents(string: path),
            let key = ObjectKey(path: url.path.replacing("/api/objects/", with: ""))
        else { throw DeadlinePassed(description: "\(path) is no signed path") }
        let query = Dictionary(uniqueKeysWithValues: (url.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield(bytes)
            continuation.finish()
        }
        _ = try await (service ?? imports).receive(
            key, expires: Int64(query["expires"] ?? "") ?? 0, signature: query["signature"] ?? "", body: body)
    }

    /// Imports files from upload to merge.
    /// - Parameter again: whether also those are merged that were imported before and have not changed since.
    @discardableResult
    func run(_ files: [TestFile], schema: String = "shop", again: Bool = true) async throws -> SessionReport {
        let id = try await open(files, schema: schema)
        _ = try await imports.process(session: id, by: producer, again: again)
        try await work()
        return try await report(id)
    }

    /// Makes as if a session's snapshots were made.
    func endSnapshots(ofSession id: String) async throws {
        try await catalog.write { writer in
            guard var session = try writer.session(id) else { return }
            session.snapshotsDone = session.snapshotsTotal
            try writer.save(session)
        }
    }

    /// Runs the jobs of the outbox in order until none is left, or the next one is of type `stop`.
    /// - Parameter times: how often each job runs.
    func work(times: Int = 1, stoppingAt stop: JobType? = nil) async throws {
        while let (entry, request) = try await nextJob(), request.type != stop {
            for _ in 0..<times { try await perform(request) }
            try await catalog.remove([entry])
        }
    }

    /// The oldest job of the outbox that is an import's; events and wishes for snapshots before it are taken out.
    func nextJob() async throws -> (entry: Int64, request: JobRequest)? {
        while let entry = try await catalog.dueEntries(limit: 1).first {
            if case .job(let request) = entry.content, request.type != .regenerateSnapshot {
                return (entry.id, request)
            }
            try await catalog.remove([entry.id])
        }
        return nil
    }

    /// Runs one job once, whether or not it ran before.
    @discardableResult
    func perform(_ request: JobRequest) async throws -> Disposition {
        switch request.type {
        case .validateSchema: try await ValidateSchemaHandler(stages: stages).handle(job(request))
        case .validateChunk: try await ValidateChunkHandler(stages: stages).handle(job(request))
        case .resolve: try await ResolveHandler(stages: stages).handle(job(request))
        case .merge: try await MergeHandler(stages: stages).handle(job(request))
        case .rollback: try await RollbackHandler(stages: stages).handle(job(request))
        case .regenerateSnapshot, .geocode: .done
        }
    }

    /// A request as the worker hands it to its handler.
    func job<Payload: JobPayload>(
        _ request: JobRequest, checkpoint: Data? = nil, keep: @escaping @Sendable (Data) async throws -> Void = { _ in }
    ) throws -> Job<Payload> {
        Job(
            id: request.id, payload: try JSONDecoder().decode(Payload.self, from: request.data), attempt: 1,
            traceparent: nil, checkpoint: checkpoint, logger: ImportHouse.quietLogger, keep: keep)
    }
}
