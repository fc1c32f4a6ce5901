package import Foundation

/// The servers that `.ci/test` started for this run.
package enum TestServers {
    /// Why a test cannot run: a missing server is a failure, never a skip.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// AMQP address of RabbitMQ, its virtual host replaced by `virtualHost`.
    package static func amqpURL(virtualHost: String) throws -> String {
        let url = try setting("SRTO_TEST_AMQP_URL")
        guard var components = URLComponents(string: url) else {
            throw Missing(description: "SRTO_TEST_AMQP_URL is no URL")
        }
        components.path = "/" + virtualHost
        return components.string ?? url
    }

    /// Address of RabbitMQ's management API, with user and password.
    package static func managementURL() throws -> String { try setting("SRTO_TEST_MANAGEMENT_URL") }

    /// Address of Redis.
    package static func redisURL() throws -> String { try setting("SRTO_TEST_REDIS_URL") }

    /// The repository that the tests were built from.
    package static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A setting that `.ci/test` makes.
    package static func setting(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(
                description: "\(name) is not set: run the tests with `make test` or `.ci/test`, which start the servers"
            )
        }
        return value
    }
}
