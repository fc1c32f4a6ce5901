import Domain
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

@testable import Notifier

/// A real server on a loopback port, with a hub on a stream in memory.
struct TestServer: Sendable {
    let port: Int
    let hub: EventHub
    let broker: StreamBroker
    let catalog: MemoryCatalog
    let services: ServiceGroup

    /// Tokens are `user`, `user@role`, or `user!seconds` for one that ends.
    static let authenticate: Authenticate = { token in
        guard token != "bad" else { throw RequestError(.invalidToken, "the token is bad") }
        guard token != "down" else { throw RequestError(status: 503, "keys cannot be read just now") }
        let ends = token.split(separator: "!")
        let parts = ends[0].split(separator: "@")
        let role = parts.count > 1 ? Role(rawValue: String(parts[1])) ?? .gtPlanner : .gtPlanner
        return Authentication(
            user: UserContext(userId: String(parts[0]), role: role),
            expiresAt: ends.count > 1 ? Double(ends[1]).map { Date.now.addingTimeInterval($0) } : nil)
    }

    /// Runs `body` against a server and shuts it down after it.
    static func with(
        _ change: (inout NotifierConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = NotifierConfiguration()
        configuration.closeDeadline = .seconds(2)
        change(&configuration)
        let logger = Logger(label: "server test")
        let broker = StreamBroker()
        let catalog = MemoryCatalog(
            MemoryCatalog.Content(
                owners: ["mine": "anna", "theirs": "ben", "a": "root", "b": "root", "c": "root"],
                paths: ["T1": ["T1", "R1"]]))
        let hub = EventHub(broker: broker, catalog: catalog, logger: logger)
        let router = Router()
        router.get("hello") { _, _ in "hello" }
        let bound = Mailbox<Int>()
        let app = Application(
            router: router,
            server: NotifierServer.builder(
                hub: hub, authenticate: authenticate, authorizer: TopicAuthorizer(catalog: catalog),
                configuration: configuration, logger: logger),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.put($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [hub, app], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let server = TestServer(
                port: try await bound.next(), hub: hub, broker: broker, catalog: catalog, services: services)
            do {
                try await body(server)
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// A socket of `token`'s user, welcomed.
    func client(_ token: String, receiveBuffer: Int? = nil) async throws -> WireClient {
        let client = try await WireClient(port: port, receiveBuffer: receiveBuffer)
        _ = try await client.upgrade(["Authorization: Bearer \(token)"])
        _ = try await client.welcome()
        return client
    }

    func tell(_ subject: String, _ sequence: Int64, _ type: EventType = .importProgress, padding: Int = 0) {
        let event = event(subject, sequence, type, padding: padding)
        catalog.set(SubjectState(subject: subject, sequence: sequence, type: type, data: event.data))
        broker.append(message(event))
    }
}
