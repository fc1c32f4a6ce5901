package import Foundation

/// A virtual host of a test's own, so that tests share a broker and nothing on it.
package struct TestVirtualHost: Sendable {
    package let name: String
    /// AMQP address of this virtual host.
    package let amqpURL: String

    /// Makes the virtual host, runs `body`, and removes it with everything in it.
    package static func with<Value>(_ body: (TestVirtualHost) async throws -> Value) async throws -> Value {
        let name = "test-" + UUID().uuidString.lowercased()
        let host = TestVirtualHost(name: name, amqpURL: try TestServers.amqpURL(virtualHost: name))
        let management = ManagementClient(url: try TestServers.managementURL())
        try await management.request(.PUT, "/api/vhosts/\(name)", body: "{}")
        try await management.request(
            .PUT, "/api/permissions/\(name)/\(management.user)",
            body: #"{"configure":".*","write":".*","read":".*"}"#)
        do {
            let value = try await body(host)
            try await management.request(.DELETE, "/api/vhosts/\(name)")
            return value
        } catch {
            try await management.request(.DELETE, "/api/vhosts/\(name)")
            throw error
        }
    }

    /// Calls the management API of the broker.
    @discardableResult
    package func request(
        _ method: ManagementClient.Method, _ path: String, body: String? = nil
    ) async throws -> Data {
        try await ManagementClient(url: try TestServers.managementURL()).request(method, path, body: body)
    }
}
