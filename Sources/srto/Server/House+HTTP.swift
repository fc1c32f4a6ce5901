import Domain
import Foundation
import HTTPAPI
import Hummingbird
import HummingbirdCore
import Jobs
import Logging
import NIOCore
import Notifier
import Operations
import ServiceLifecycle
import Snapshots

extension House {
    /// The HTTP server, with the event hub behind it when this process has the notifier's role.
    func httpServices(_ roles: Set<ServerRole>) async throws -> [any Service] {
        let tokens = try await TokenAuthority(secret: secret.key(for: "tokens"))
        let services = APIServices(
            imports: imports, snapshots: SnapshotService(catalog: catalog, store: objects), operations: operations,
            objects: objects, metrics: metrics, tokens: tokens, publicURL: settings.publicURL,
            health: HealthProbe(health).answer)
        let router =
            roles.contains(.api)
            ? APIRouter.build(services, logger: logger) : APIRouter.healthOnly(services, logger: logger)
        guard roles.contains(.notifier) else {
            return [application(router, server: .http1(configuration: Self.connections))]
        }
        let hub = EventHub(broker: broker, catalog: catalog, logger: logger)
        let server = NotifierServer.builder(
            hub: hub,
            authenticate: { token in
                let (user, expires) = try await tokens.verify(token)
                return Authentication(user: user, expiresAt: expires)
            },
            authorizer: TopicAuthorizer(catalog: catalog), http: Self.connections, logger: logger)
        return [hub, application(router, server: server)]
    }

    /// Connections that ask for nothing are closed: each holds a file descriptor that the catalog may need.
    private static let connections = HTTP1Channel.Configuration(idleTimeout: .seconds(75))

    private func application(_ router: Router<APIContext>, server: HTTPServerBuilder) -> any Service {
        Application(
            router: router, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.httpHost, port: settings.httpPort), serverName: "srto",
                availableConnectionsDelegate: .maximum(OpenFiles.raiseLimit() / 2, logger: logger)),
            onServerRunning: { channel in
                logger.notice(
                    "listening", metadata: ["address": "\(channel.localAddress.map(String.init(describing:)) ?? "-")"])
            },
            logger: logger)
    }

    /// Whether each dependency can be used.
    @Sendable
    private func health() async -> [DependencyHealth] {
        async let catalogHealth = HealthProbe.check("catalog", isEssential: true) {
            _ = try await catalog.read { try $0.version() }
        }
        async let brokerHealth = HealthProbe.check("rabbitmq") {
            if connection.client.state(of: .publishing).blockedReason != nil {
                throw HealthProbe.Fault(words: "a memory or disk alarm: jobs and events wait until it clears")
            }
            _ = try await broker.depth(of: Topology.eventLog)
        }
        async let cacheHealth = HealthProbe.check("redis") { try await cache.client.ping() }
        return await [catalogHealth, brokerHealth, cacheHealth]
    }
}
