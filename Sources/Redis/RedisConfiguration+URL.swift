import FoundationEssentials
import NIOSSL

extension RedisConfiguration {
    /// Reads `redis://[[user]:password@]host[:port][/database]`; `rediss` stands for TLS with the system's trust roots.
    ///
    /// User and password may be percent-encoded. Everything that the URL cannot say has its default.
    /// - Throws: `RedisError` with code `.invalidConfiguration`; its message never repeats the URL.
    public init(url: String) throws(RedisError) {
        func invalid(_ what: String) -> RedisError {
            RedisError(.invalidConfiguration, "The Redis URL \(what). It reads redis://:password@host:6379/0.")
        }
        guard let parts = URLComponents(string: url) else { throw invalid("cannot be parsed") }
        guard let scheme = parts.scheme?.lowercased(), scheme == "redis" || scheme == "rediss" else {
            throw invalid("begins with neither redis:// nor rediss://")
        }
        // An IPv6 address stands in brackets there, and without them everywhere else.
        let host = (parts.host ?? "").drop { $0 == "[" }.prefix { $0 != "]" }
        guard !host.isEmpty else { throw invalid("names no host") }
        let port = parts.port ?? 6379
        guard (1...65535).contains(port) else { throw invalid("has a port outside 1 to 65535") }
        guard parts.query == nil, parts.fragment == nil else { throw invalid("has a query or a fragment") }
        let path = parts.path.drop { $0 == "/" }
        guard path.isEmpty || Int(path).map({ $0 >= 0 }) == true else {
            throw invalid("has a database that is not a number")
        }
        if let user = parts.user, !user.isEmpty, parts.password == nil {
            throw invalid("has a user and no password")
        }
        self.init(
            host: String(host), port: port, username: parts.user.flatMap { $0.isEmpty ? nil : $0 },
            password: parts.password.flatMap { $0.isEmpty ? nil : $0 }, database: Int(path) ?? 0,
            tls: scheme == "rediss" ? .makeClientConfiguration() : nil)
    }
}
