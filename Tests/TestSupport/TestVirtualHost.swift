import AsyncHTTPClient
package import Foundation
import NIOCore

/// A virtual host of a test's own, so that tests share a broker and nothing on it.
package struct TestVirtualHost: Sendable {
    package let name: String
    /// AMQP address of this virtual host.
    package let amqpURL: String

    /// Makes the virtual host, runs `body`, and removes it with everything in it.
    package static func with<Value>(_ body: (TestVirtualHost) async throws -> Value) async throws -> Value {
        let name = "test-" + UUID().uuidString.lowercased()
        let host = TestVirtualHost(name: name, amqpURL: try TestServers.amqpURL(virtualHost: name))
        try await host.request(.PUT, "/api/vhosts/\(name)", body: "{}")
        let user = URLComponents(string: try TestServers.managementURL())?.user ?? "guest"
        try await host.request(
            .PUT, "/api/permissions/\(name)/\(user)", body: #"{"configure":".*","write":".*","read":".*"}"#)
        do {
            let value = try await body(host)
            try await host.request(.DELETE, "/api/vhosts/\(name)")
            return value
        } catch {
            try await host.request(.DELETE, "/api/vhosts/\(name)")
            throw error
        }
    }

    /// Calls the management API.
    @discardableResult
    package func request(_ method: HTTPMethodName, _ path: String, body: String? = nil) async throws -> Data {
        guard let components = URLComponents(string: try TestServers.managementURL()) else { return Data() }
        var request = HTTPClientRequest(url: "http://\(components.host ?? ""):\(components.port ?? 15672)\(path)")
        request.method = .RAW(value: method.rawValue)
        let credentials = "\(components.user ?? ""):\(components.password ?? "")"
        request.headers.add(name: "Authorization", value: "Basic " + Data(credentials.utf8).base64EncodedString())
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 24)
        guard (200..<300).contains(response.status.code) || (method == .DELETE && response.status == .notFound) else {
            throw TestServers.Missing(
                description: "\(method.rawValue) \(path): \(response.status) \(String(buffer: bytes))")
        }
        return Data(bytes.readableBytesView)
    }

    /// The methods that tests use.
    package enum HTTPMethodName: String, Sendable { case GET, PUT, POST, DELETE }
}
