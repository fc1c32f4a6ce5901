import AMQP
import Catalog
import CatalogSQLite
import Domain
import Foundation
import Geocoding
import HTTPAPI
import Hummingbird
import Imports
import ImportsRedis
import Jobs
import JobsAMQP
import Logging
import NIOCore
import Notifier
import ObjectStore
import Operations
import ServiceLifecycle
import Snapshots

/// The composition root: the one place that knows every concrete adapter.
struct House: Sendable {
    let settings: Settings
    let logger: Logger
    let connection: BrokerConnection
    let cache: CacheConnection
    let broker: AMQPBroker
    let catalog: SQLiteCatalog
    let objects: LocalObjectStore
    let secret: ServerSecret
    let limits: ImportLimits
    let imports: ImportService
    let stages: ImportStages
    let operations: OperationsService
    let metrics: PrometheusRegistry

    /// Opens what is local and prepares what is remote; nothing is reached yet.
    /// - Parameter roles: only the relay's process declares what the broker lacks: the accounts of the others may not.
    /// - Throws: `StartError`, `CatalogError` or `ObjectStoreError`, each one clear sentence.
    init(_ settings: Settings, roles: Set<ServerRole>, logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        try FileManager.default.createDirectory(
            at: settings.home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let catalog = try SQLiteCatalog(path: settings.catalogPath, baseRows: settings.baseRows)
        self.catalog = catalog
        connection = try BrokerConnection(settings, logger: logger) { client, definition in
            guard roles.contains(.relay) else { return }
            // A broker that lost its data gets its queues back, and their jobs, with the connection.
            try await Self.keeper(client, definition, catalog, logger).keep()
        }
        cache = try CacheConnection(settings, logger: logger)
        broker = AMQPBroker(client: connection.client)
        metrics = Self.registry()
        secret = try ServerSecret.readOrMake(path: settings.secretPath)
        objects = try LocalObjectStore(root: settings.objectsPath)
        var limits = ImportLimits()
        limits.chunkBytes = settings.chunkBytes
        limits.stuckSeconds = settings.stuckSeconds
        limits.outboxEntries = settings.outboxEntries
        self.limits = limits
        let hotState = RedisImportHotState(client: cache.client, logger: logger)
        imports = ImportService(
            catalog: catalog, store: objects, signer: URLSigner(secret: secret.key(for: "object URLs")),
            hotState: hotState, control: ControlSignal(broker: broker), limits: limits)
        stages = ImportStages(
            catalog: catalog, store: objects, hotState: hotState, limits: limits,
            asksForGeocoding: settings.geocoding.geocoder != nil)
        operations = OperationsService(
            broker: broker, catalog: catalog, outbox: OutboxBound(entries: settings.outboxEntries))
        addCollectors()
    }

    /// The schemas that the server ships, kept in the catalog; one that is there already is left alone.
    func saveShippedSchemas() async throws {
        let server = UserContext(userId: "srto", role: .admin)
        for schema in try SchemaLibrary(folder: settings.config).schemas() {
            do {
                try await imports.save(schema, by: server)
            } catch let error as RequestError {
                logger.warning(
                    "shipped schema not saved", metadata: ["schema": "\(schema.schemaId)", "why": "\(error.message)"])
            }
        }
    }

    /// The services of the given roles, in start order: they end in the reverse one.
    func services(for roles: Set<ServerRole>) async throws -> [any Service] {
        var services: [any Service] = [MemoryReturn()]
        if roles.contains(.relay) {
            services += [
                OutboxRelay(store: catalog, broker: broker, logger: logger),
                keeper,
                DeadLetterRecorder(broker: broker, catalog: catalog, logger: logger),
                QueueSampler(operations: operations, catalog: catalog, logger: logger),
                SessionSweeper(
                    catalog: catalog, store: objects, limits: limits, periods: settings.retention, logger: logger),
                RetentionSweeper(
                    catalog: catalog, store: objects, periods: settings.retention, logger: logger),
                SnapshotSweeper(catalog: catalog, store: objects, days: settings.snapshotDays, logger: logger),
            ]
        }
        let queues = workerQueues(for: roles)
        if !queues.isEmpty {
            services.append(
                Worker(
                    broker: broker, ledger: catalog, control: catalog, queues: queues, terms: settings.queues.terms,
                    metrics: JobMetrics(factory: metrics), logger: logger))
        }
        if roles.contains(.api) || roles.contains(.notifier) {
            services += try await httpServices(roles)
        }
        return services
    }

    /// Sees that the broker has its queues.
    var keeper: QueueKeeper { Self.keeper(connection.client, connection.definition, catalog, logger) }

    private static func keeper(
        _ client: AMQPClient, _ definition: TopologyDefinition, _ catalog: SQLiteCatalog, _ logger: Logger
    ) -> QueueKeeper {
        let topology = BrokerTopology(client: client, management: nil)
        return QueueKeeper(
            broker: AMQPBroker(client: client), store: catalog,
            declare: { lost in
                try await topology.apply(definition, skipping: Set(LostQueues.expected).subtracting(lost.names))
            },
            logger: logger)
    }

    private func workerQueues(for roles: Set<ServerRole>) -> [WorkerQueue] {
        var queues: [WorkerQueue] = []
        if roles.contains(.import) {
            queues += stages.workerQueues(settings.queues.policy)
            // Also while it is off: what was asked for before then ends instead of lying there.
            let handler = GeocodeHandler(
                catalog: catalog, geocoder: settings.geocoding.geocoder, policy: settings.geocoding.policy)
            queues.append(WorkerQueue(.catalogGeocode, settings.queues.policy(.catalogGeocode), handler: handler))
        }
        if roles.contains(.snapshot) {
            let handler = RegenerateSnapshotHandler(catalog: catalog, store: objects)
            for queue in [WorkQueue.snapshotRegenerate, .snapshotRegenerateInteractive] {
                queues.append(WorkerQueue(queue, settings.queues.policy(queue), handler: handler))
            }
        }
        return queues
    }
}
