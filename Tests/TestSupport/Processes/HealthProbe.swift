import AsyncHTTPClient
package import Foundation

/// Asks a server whether it is well.
package enum HealthProbe {
    /// True for a 200.
    package static func isWell(_ url: URL) async -> Bool {
        do {
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: url.absoluteString), timeout: .seconds(2))
            return response.status == .ok
        } catch {
            return false
        }
    }
}
