import AsyncHTTPClient
import Foundation
package import Jobs
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// RabbitMQ's management API, as far as SRTO uses it.
package struct ManagementAPI: Sendable {
    private let base: String
    private let authorization: String
    private let virtualHost: String

    /// - Parameters:
    ///   - url: `http://user:password@host:port`.
    ///   - virtualHost: the one whose definitions are read.
    /// - Throws: `BrokerError` when the URL is none.
    package init(url: String, virtualHost: String) throws(BrokerError) {
        guard let components = URLComponents(string: url), let host = components.host,
            ["http", "https"].contains(components.scheme)
        else {
            throw BrokerError(.refused, "the URL of the management API must look like http://user:password@host:port")
        }
        let port = components.port.map { ":\($0)" } ?? ""
        base = "\(components.scheme ?? "http")://\(host)\(port)"
        let credentials = "\(components.user ?? ""):\(components.password ?? "")"
        authorization = "Basic " + Data(credentials.utf8).base64EncodedString()
        self.virtualHost = virtualHost
    }

    /// What the virtual host holds now.
    /// - Throws: `BrokerError` when it cannot be told.
    package func definitions() async throws -> TopologyDefinition {
        try TopologyDefinition(
            definitionsJSON: try await call(.GET, "definitions/\(Self.escaped(virtualHost))", needs: "monitoring"))
    }

    /// Makes the account, or gives it another password, with these rights in the virtual host and none elsewhere.
    /// - Throws: `BrokerError` when the broker does not let this account do so.
    package func put(_ user: BrokerUser, password: String) async throws {
        let name = Self.escaped(user.name)
        try await call(.PUT, "users/\(name)", ["password": password, "tags": ""], needs: "administrator")
        try await call(
            .PUT, "permissions/\(Self.escaped(virtualHost))/\(name)",
            ["configure": user.configure, "write": user.write, "read": user.read], needs: "administrator")
    }

    @discardableResult
    private func call(
        _ method: HTTPMethod, _ path: String, _ body: [String: String]? = nil, needs tag: String
    ) async throws -> Data {
        var request = HTTPClientRequest(url: "\(base)/api/\(path)")
        request.method = method
        request.headers.add(name: "Authorization", value: authorization)
        if let body { request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body))) }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
            let answer = try await response.body.collect(upTo: 32 << 20)
            guard (200..<300).contains(response.status.code) else {
                throw BrokerError(
                    .refused,
                    "the management API answered \(response.status.code) for virtual host \(virtualHost): "
                        + "check user, password and the user's tag (\(tag))")
            }
            return Data(buffer: answer)
        } catch let error as HTTPClientError {
            throw BrokerError(.unavailable, "the management API at \(base) is not reached: \(error)", cause: error)
        }
    }

    private static func escaped(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
    }
}
