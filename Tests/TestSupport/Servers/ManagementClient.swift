import AsyncHTTPClient
package import Foundation
import NIOCore

/// RabbitMQ's management API, for what a test does to a broker behind the back of what it tests.
package struct ManagementClient: Sendable {
    /// The methods that tests use.
    package enum Method: String, Sendable { case GET, PUT, POST, DELETE }

    private let url: String

    /// - Parameter url: with user and password.
    package init(url: String) { self.url = url }

    /// Who calls.
    package var user: String { URLComponents(string: url)?.user ?? "guest" }

    /// Calls it; what is to be deleted may be gone already.
    /// - Throws: `TestServers.Missing` with the broker's answer when it refuses.
    @discardableResult
    package func request(_ method: Method, _ path: String, body: String? = nil) async throws -> Data {
        guard let components = URLComponents(string: url) else { return Data() }
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
}
