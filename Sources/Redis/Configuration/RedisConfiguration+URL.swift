import NIOSSL

extension RedisConfiguration {
    /// Reads `redis://[[user]:password@]host[:port][/database]`; `rediss` stands for TLS with the system's trust roots,
    /// and `rediss://…?cacertfile=/path/ca.pem` trusts the authorities of that file instead, and no others.
    ///
    /// User, password and file may be percent-encoded. Everything that the URL cannot say has its default.
    /// - Throws: `RedisError` with code `.invalidConfiguration`; its message never repeats the URL.
    public init(url: String) throws(RedisError) {
        do {
            try self.init(RedisURL(url))
        } catch {
            throw RedisError(
                .invalidConfiguration, "The Redis URL \(error.what). It reads redis://:password@host:6379/0.")
        }
    }

    private init(_ url: RedisURL) throws(RedisURL.Invalid) {
        guard ["redis", "rediss"].contains(url.scheme) else {
            throw RedisURL.Invalid(what: "begins with neither redis:// nor rediss://")
        }
        guard url.hosts.count == 1, let host = url.hosts.first else {
            throw RedisURL.Invalid(what: "names more than one host")
        }
        guard url.parameters.keys.allSatisfy({ $0 == "cacertfile" }) else {
            throw RedisURL.Invalid(what: "has a parameter other than cacertfile")
        }
        self.init(
            host: host.name, port: host.port ?? 6379, username: url.user, password: url.password,
            database: try url.database(at: 0), tls: try Self.tls(url, isSecure: url.scheme == "rediss"))
    }

    private static func tls(_ url: RedisURL, isSecure: Bool) throws(RedisURL.Invalid) -> TLSConfiguration? {
        let authorities = url.parameters["cacertfile"]
        guard isSecure else {
            if authorities != nil { throw RedisURL.Invalid(what: "has cacertfile, which needs rediss://") }
            return nil
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities { tls.trustRoots = .file(authorities) }
        return tls
    }
}
