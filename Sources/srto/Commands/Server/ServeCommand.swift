import ArgumentParser
import Foundation
import Logging
import NIOCore
import ServiceLifecycle

/// `srto serve`: runs roles until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server: every role, or those given.")
    @OptionGroup var options: SettingsOptions
    @Option(
        help: "Comma-separated: \(ServerRole.allCases.map(\.rawValue).joined(separator: ", ")). All by default.",
        transform: ServerRole.list)
    var roles = Set(ServerRole.allCases)
    @Option(help: "Host to listen on.") var host: String?
    @Option(help: "Port to listen on.") var port: Int?

    func run() async throws {
        // What the server keeps is nobody else's to read: the catalog, the objects, the secret.
        umask(0o077)
        Allocator.keepLittle()
        var settings = try await options.load()
        if let host { settings.httpHost = host }
        if let port { settings.httpPort = port }
        let logger = Logger(label: "srto")
        let house = try House(settings, roles: roles, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var configuration = ServiceGroupConfiguration(
                services: [
                    .init(service: RedisService(client: house.cache.client)),
                    .init(service: AMQPService(client: house.connection.client)),
                ], logger: logger)
            // Together with the roles' own time below what a container is given to stop.
            configuration.maximumGracefulShutdownDuration = .seconds(4)
            let clients = ServiceGroup(configuration: configuration)
            group.addTask { try await clients.run() }
            do {
                try await serve(house, logger)
            } catch {
                await clients.triggerGracefulShutdown()
                throw error
            }
            await clients.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    private func serve(_ house: House, _ logger: Logger) async throws {
        try await house.connection.demandReached()
        try await house.cache.demandReached()
        if roles.contains(.relay) { try await house.keeper.keep() }
        if roles.contains(.api) { try await house.saveShippedSchemas() }
        var configuration = ServiceGroupConfiguration(
            services: try await house.services(for: roles).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(25)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw StartError(
                "port \(house.settings.httpPort) on \(house.settings.httpHost) is taken: stop what listens there, or "
                    + "choose another with --port or SRTO_HTTP_PORT.")
        }
    }
}
