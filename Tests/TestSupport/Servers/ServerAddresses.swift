package import Foundation

/// Where a server under test finds RabbitMQ and Redis, with the accounts.
package struct ServerAddresses: Sendable {
    package var amqp: String
    package var management: String
    package var redis: String

    package init(amqp: String, management: String, redis: String) {
        self.amqp = amqp
        self.management = management
        self.redis = redis
    }

    /// The suite's own servers, RabbitMQ in a virtual host of the test's own.
    package init(_ host: TestVirtualHost) throws {
        self.init(amqp: host.amqpURL, management: try TestServers.managementURL(), redis: try TestServers.redisURL())
    }

    /// The port that RabbitMQ takes AMQP on.
    package var amqpPort: Int { URLComponents(string: amqp)?.port ?? 5672 }

    /// The same servers, with AMQP by way of a proxy on this machine.
    package func throughProxy(port: Int) -> ServerAddresses {
        guard var components = URLComponents(string: amqp) else { return self }
        (components.host, components.port) = ("127.0.0.1", port)
        var addresses = self
        addresses.amqp = components.string ?? amqp
        return addresses
    }
}
