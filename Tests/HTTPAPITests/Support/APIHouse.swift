import Catalog
import CatalogSQLite
import Domain
import Foundation
import HTTPAPI
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Imports
import Jobs
import JobsConformance
import Logging
import NIOCore
import ObjectStore
import Operations
import Snapshots
import TestSupport

/// The whole API over a catalog and an object store of the test's own, with a broker in memory.
struct APIHouse: Sendable {
    /// What can be made to differ from a house in good order.
    struct Fittings: Sendable {
        var limits = ImportLimits()
        var publicURL: String?
        /// The routes of a process that serves events only.
        var healthOnly = false
        var health: [DependencyHealth] = [DependencyHealth(name: "catalog", ok: true, isEssential: true)]
        /// What the catalog throws at every call of a route.
        var catalogFault: CatalogError?
        /// What the object store throws at every call of a route.
        var storeFault: ObjectStoreError?
    }

    /// A path of the router and a method that it answers.
    struct Route: Sendable {
        var method: HTTPRequest.Method
        var path: String
    }

    static let secret = [UInt8](repeating: 9, count: 32)

    /// Behind every fault that a fitting makes: for tests to arrange things and to look.
    let catalog: SQLiteCatalog
    let store: LocalObjectStore
    let hotState: MemoryHotState
    let signer: URLSigner
    let tokens: TokenAuthority
    /// Every path with a method that the router answers, the refused ones included.
    let routes: [Route]
    let client: any TestClientProtocol
    let log: LogRecorder
    /// Where everything lies: no answer may name it.
    let folder: URL

    /// Builds the house, runs `body`, and removes the house.
    static func with(
        _ setup: TestingSetup = .router, _ fittings: Fittings = Fittings(),
        _ body: @escaping @Sendable (APIHouse) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in
            let log = LogRecorder()
            let logger = log.logger()
            let catalog = try SQLiteCatalog(path: folder.appending(path: "catalog.sqlite").path)
            let store = try LocalObjectStore(root: folder.appending(path: "objects").path)
            let hotState = MemoryHotState()
            let signer = URLSigner(secret: [UInt8](repeating: 7, count: 32))
            let tokens = try await TokenAuthority(secret: secret)
            let usedCatalog: any Catalog = fittings.catalogFault.map { FaultyCatalog(fault: $0) } ?? catalog
            let usedStore: any ObjectStore = fittings.storeFault.map { FaultyStore(fault: $0) } ?? store
            let broker = InMemoryBroker(topology: try .truth)
            let services = APIServices(
                imports: ImportService(
                    catalog: usedCatalog, store: usedStore, signer: signer, hotState: hotState,
                    control: ControlSignal(broker: broker), limits: fittings.limits),
                snapshots: SnapshotService(catalog: usedCatalog, store: usedStore),
                operations: OperationsService(broker: broker, catalog: usedCatalog), objects: usedStore,
                metrics: PrometheusRegistry(help: [:]), tokens: tokens, publicURL: fittings.publicURL,
                health: { fittings.health })
            let router =
                fittings.healthOnly
                ? APIRouter.healthOnly(services, logger: logger) : APIRouter.build(services, logger: logger)
            let routes = router.routes.map { Route(method: $0.method, path: $0.path.description) }
            // The port is the system's choice: it counts for live tests only.
            let application = Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                logger: logger)
            try await application.test(setup) { client in
                try await body(
                    APIHouse(
                        catalog: catalog, store: store, hotState: hotState, signer: signer, tokens: tokens,
                        routes: routes, client: client, log: log, folder: folder))
            }
        }
    }

    /// Sends a request as `user`; as nobody, without a token, when there is none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as user: UserContext? = .admin, headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let user {
            headers[.authorization] = "Bearer " + (try await tokens.make(user: user, lifetime: .seconds(600)))
        }
        return try await client.executeRequest(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
    }
}
