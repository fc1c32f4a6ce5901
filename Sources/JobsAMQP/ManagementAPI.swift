import AsyncHTTPClient
import Foundation
package import Jobs
import NIOCore
import NIOFoundationCompat

/// RabbitMQ's management API, as far as SRTO reads it.
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
    package func definitions() async throws -> TopologyDefinition {
        let name = virtualHost.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? virtualHost
        var request = HTTPClientRequest(url: "\(base)/api/definitions/\(name)")
        request.headers.add(name: "Authorization", value: authorization)
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
            let body = try await response.body.collect(upTo: 32 << 20)
            guard response.status == .ok else {
                throw BrokerError(
                    .refused,
                    "the management API answered \(response.status.code) for virtual host \(virtualHost): "
                        + "check user, password and the user's tag (monitoring or administrator)")
            }
            return try TopologyDefinition(definitionsJSON: Data(buffer: body))
        } catch let error as HTTPClientError {
            throw BrokerError(.unavailable, "the management API at \(base) is not reached: \(error)", cause: error)
        }
    }
}
