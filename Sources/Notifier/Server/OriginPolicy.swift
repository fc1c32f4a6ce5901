import Foundation

/// From which web pages a browser may open a socket. Browsers let any page open one to any host, and only say where
/// the page came from.
enum OriginPolicy {
    /// Whether a request with this `Origin` may go on: there is none (no browser), it is the server's own host, or
    /// it is among `allowed`.
    /// - Parameter host: the request's `Host`.
    static func allows(origin: String?, host: String?, allowed: Set<String>) -> Bool {
        guard let origin else { return true }
        if allowed.contains(origin) { return true }
        guard let host, let separator = origin.range(of: "://") else { return false }
        let scheme = origin[..<separator.lowerBound].lowercased()
        let defaultPort = scheme == "https" ? ":443" : scheme == "http" ? ":80" : nil
        guard let defaultPort else { return false }
        let authority = String(origin[separator.upperBound...])
        return withoutPort(authority, defaultPort) == withoutPort(host, defaultPort)
    }

    private static func withoutPort(_ authority: String, _ port: String) -> String {
        let lowercased = authority.lowercased()
        return lowercased.hasSuffix(port) ? String(lowercased.dropLast(port.count)) : lowercased
    }
}
