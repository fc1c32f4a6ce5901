import AMQP
import Catalog
import CatalogSQLite
import Domain
import Foundation
import Imports
import Jobs
import JobsAMQP
import JobsConformance
import Logging
import NIOPosix
import ObjectStore
import ServiceLifecycle
import Snapshots
import TestSupport

/// Everything an import needs, on a real broker and in a folder of the test's own.
struct ImportHouse: Sendable {
    let catalog: SQLiteCatalog
    let store: LocalObjectStore
    let broker: AMQPBroker
    let imports: ImportService
    let admin = UserContext(userId: "tester", role: .admin)

    /// Starts relay and workers, runs `body`, and shuts down in good order.
    static func with(
        limits: ImportLimits = ImportLimits(), _ body: @escaping @Sendable (ImportHouse) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let logger = quietLogger
                let client = try AMQPClient(
                    configuration: try AMQPConfiguration(url: host.amqpURL),
                    eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
                let house = try ImportHouse(folder: folder, client: client, limits: limits)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await client.run() }
                    try await client.waitUntilConnected()
                    try await BrokerTopology(client: client, management: nil).apply(try .truth)
                    let stages = ImportStages(
                        catalog: house.catalog, store: house.store, hotState: NoHotState(), limits: limits)
                    let snapshots = RegenerateSnapshotHandler(catalog: house.catalog, store: house.store)
                    let services = ServiceGroup(
                        services: [
                            OutboxRelay(store: house.catalog, broker: house.broker, logger: logger),
                            Worker(
                                broker: house.broker, ledger: house.catalog, control: house.catalog,
                                queues: stages.workerQueues { _ in QueuePolicy(concurrency: 2) } + [
                                    WorkerQueue(.snapshotRegenerate, concurrency: 2, handler: snapshots)
                                ], logger: logger),
                        ], logger: logger)
                    group.addTask { try await services.run() }
                    try await body(house)
                    await services.triggerGracefulShutdown()
                    await client.shutdown()
                    try await group.waitForAll()
                }
            }
        }
    }

    private init(folder: URL, client: AMQPClient, limits: ImportLimits) throws {
        catalog = try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path)
        store = try LocalObjectStore(root: folder.appending(path: "objects").path)
        broker = AMQPBroker(client: client)
        imports = ImportService(
            catalog: catalog, store: store, signer: URLSigner(secret: [UInt8](repeating: 7, count: 32)),
            hotState: NoHotState(), control: ControlSignal(broker: broker), limits: limits)
    }

    /// Imports files as a producer does and waits until nothing more will be told of the session.
    func run(schema: String, files: [(name: String, bytes: [UInt8])]) async throws -> SessionReport {
        let opened = try await imports.open(
            schemaID: schema, version: nil,
            files: files.map { DeclaredFile(name: $0.name, size: Int64($0.bytes.count)) },
            by: admin, traceparent: nil)
        for file in files {
            try await upload(file.bytes, to: opened.uploadUrls[file.name] ?? "")
        }
        _ = try await imports.process(session: opened.sessionId, by: admin, again: true)
        return try await finished(opened.sessionId)
    }

    /// PUTs bytes to a signed path.
    func upload(_ bytes: [UInt8], to path: String) async throws {
        guard let url = URLComponents(string: path),
            let key = ObjectKey(path: url.path.replacing("/api/objects/", with: ""))
        else { throw DeadlinePassed(description: "\(path) is no signed path") }
        let query = Dictionary(uniqueKeysWithValues: (url.queryItems ?? []).map { ($0.name, $0.value ?? "") })
        let body = AsyncThrowingStream<[UInt8], any Error> { continuation in
            continuation.yield(bytes)
            continuation.finish()
        }
        _ = try await imports.receive(
            key, expires: Int64(query["expires"] ?? "") ?? 0, signature: query["signature"] ?? "", body: body)
    }

    /// Follows the event log until the session's last event.
    func finished(_ id: String) async throws -> SessionReport {
        let (house, broker) = (self, broker)
        return try await within(.seconds(120), "the end of session \(id)") {
            let log = try await broker.read(stream: Topology.eventLog, from: .first)
            defer { log.cancel() }
            for try await delivery in log.deliveries {
                let event = try EventEnvelope(delivery.message).event
                guard event.subject == "import:\(id)", event.type == .importFinished else { continue }
                return try await house.imports.report(onSession: id, for: house.admin)
            }
            throw DeadlinePassed(description: "the event log ended")
        }
    }

    static var quietLogger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }
}

/// Tests need no finer progress than the catalog's.
struct NoHotState: ImportHotState {
    func advance(_ stage: ImportStage, ofSession id: String, to done: Int64, of total: Int64) async {}
    func stages(ofSession id: String) async -> [ImportStage: Advance] { [:] }
}
