import Foundation

/// Where the server is.
struct ServerAddress: Sendable, Equatable {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Path in front of `/api`, without a slash at its end; mostly empty.
    let basePath: String

    static let fallback = "http://127.0.0.1:8080"

    /// Reads `http[s]://host[:port][/path]`.
    init(_ text: String) throws(ClientError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else {
            throw ClientError(
                .usage, "'\(text)' is not a server's address", advice: "give one like \(Self.fallback) with --url")
        }
        isSecure = scheme == "https"
        // URLComponents keeps the brackets of an IPv6 address.
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (isSecure ? 443 : 80)
        basePath =
            parts.percentEncodedPath.hasSuffix("/")
            ? String(parts.percentEncodedPath.dropLast()) : parts.percentEncodedPath
    }

    /// `host:port`, an IPv6 address in brackets.
    var authority: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Scheme and authority.
    var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    /// A path of the API with its query.
    func url(_ path: String, query: [(name: String, value: String)] = []) -> String {
        let pairs = query.map { "\($0.name)=\(Self.escaped($0.value))" }
        return origin + basePath + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    /// What the server gave as an absolute URL or as a path of its own.
    func resolve(_ link: String) -> String {
        link.hasPrefix("/") ? origin + link : link
    }

    /// Whether `url` leads to this server: only there goes the token.
    func owns(_ url: String) -> Bool {
        guard let other = try? ServerAddress(url) else { return false }  // What is no http URL is not ours.
        return (other.isSecure, other.host.lowercased(), other.port) == (isSecure, host.lowercased(), port)
    }

    /// Text as one segment of a path or one value of a query.
    static func escaped(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
