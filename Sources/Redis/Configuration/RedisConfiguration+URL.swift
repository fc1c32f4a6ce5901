import NIOSSL

extension RedisConfiguration {
    /// Reads `redis://[[user]:password@]host[:port][/database]`, or
    /// `redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/primary[/database]`, whose hosts are sentinels.
    ///
    /// `rediss` and `rediss+sentinel` stand for TLS with the server, with the system's trust roots; the parameter
    /// `cacertfile=/path/ca.pem` trusts the authorities of that file instead, and no others. User and password are the
    /// server's; sentinels that want some of their own are given `sentinelpassword` and, seldom, `sentineluser`. Everything
    /// may be percent-encoded. What the URL cannot say has its default.
    /// - Throws: `RedisError` with code `.invalidConfiguration`; its message never repeats the URL.
    public init(url: String) throws(RedisError) {
        do throws(RedisURL.Invalid) {
            let url = try RedisURL(url)
            switch url.scheme {
            case "redis", "rediss": try self.init(server: url)
            case "redis+sentinel", "rediss+sentinel": try self.init(sentinels: url)
            default: throw RedisURL.Invalid(what: "begins with none of redis://, rediss:// and redis+sentinel://")
            }
        } catch {
            let forms =
                "redis://:password@host:6379/0, or redis+sentinel://:password@sentinel1:26379,sentinel2:26379/primary/0"
            throw RedisError(.invalidConfiguration, "The Redis URL \(error.what). It reads \(forms).")
        }
    }

    private init(server url: RedisURL) throws(RedisURL.Invalid) {
        guard url.hosts.count == 1, let host = url.hosts.first else {
            throw RedisURL.Invalid(what: "names more than one host")
        }
        try url.allow(parameters: "cacertfile")
        self.init(
            host: host.name, port: host.port ?? 6379, username: url.user, password: url.password,
            database: try url.database(at: 0), tls: try Self.tls(url))
    }

    private init(sentinels url: RedisURL) throws(RedisURL.Invalid) {
        guard let primaryName = url.path.first else { throw RedisURL.Invalid(what: "names no primary") }
        try url.allow(parameters: "cacertfile", "sentinelpassword", "sentineluser")
        let (user, password) = (url.parameters["sentineluser"], url.parameters["sentinelpassword"])
        if user != nil, password == nil { throw RedisURL.Invalid(what: "has a user and no password for the sentinels") }
        self.init(
            sentinels: RedisSentinels(
                addresses: url.hosts.map { RedisSentinels.Address(host: $0.name, port: $0.port ?? 26379) },
                primaryName: primaryName, username: user, password: password),
            username: url.user, password: url.password, database: try url.database(at: 1), tls: try Self.tls(url))
    }

    private static func tls(_ url: RedisURL) throws(RedisURL.Invalid) -> TLSConfiguration? {
        let authorities = url.parameters["cacertfile"]
        guard url.scheme.hasPrefix("rediss") else {
            if authorities != nil { throw RedisURL.Invalid(what: "has cacertfile, which needs rediss://") }
            return nil
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities { tls.trustRoots = .file(authorities) }
        return tls
    }
}
