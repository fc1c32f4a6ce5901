public import NIOSSL

/// Where a Redis server is, and how patiently it is spoken to.
public struct RedisConfiguration: Sendable {
    /// Name or address of the server. Not read when there are sentinels.
    public var host: String
    /// TCP port, 1 to 65535. Not read when there are sentinels.
    public var port: Int
    /// Who is asked for the primary, before each connection; nil connects to `host`. A server that is not the primary, or
    /// is one no longer, is left.
    public var sentinels: RedisSentinels?
    /// User of Redis's access lists; nil is the default user.
    public var username: String?
    /// Nil sends no `AUTH`.
    public var password: String?
    /// Number of the logical database, from 0.
    public var database: Int
    /// Nil speaks in the clear. TLS before 1.2 is never spoken.
    public var tls: TLSConfiguration?
    /// Time for TCP, TLS, `AUTH` and `SELECT` together with the first `PING`.
    public var connectTimeout: Duration
    /// Time for a command, or a pipeline as a whole, from the call to its reply, waiting for a connection included.
    /// A connection that owes a reply for twice this time is given up.
    public var commandTimeout: Duration
    /// Connections kept open; less than 1 counts as 1.
    public var poolSize: Int
    /// The first wait after a failed connection lies between zero and this.
    public var backoffMinimum: Duration
    /// No wait between two attempts is longer than this.
    public var backoffMaximum: Duration
    /// A larger reply ends its connection, because parsing it would hold up the event loop.
    public var maximumReplyBytes: Int
    /// Commands without reply on one connection, and commands that wait for one. More are refused as `.overloaded`.
    public var maximumPipelined: Int
    /// No command is accepted on a connection while this many bytes of commands have no reply yet.
    public var maximumPipelinedBytes: Int

    /// A configuration; only `host` has no default.
    public init(
        host: String, port: Int = 6379, username: String? = nil, password: String? = nil, database: Int = 0,
        tls: TLSConfiguration? = nil, connectTimeout: Duration = .seconds(5), commandTimeout: Duration = .seconds(5),
        poolSize: Int = 2, backoffMinimum: Duration = .milliseconds(100), backoffMaximum: Duration = .seconds(10),
        maximumReplyBytes: Int = 16 << 20, maximumPipelined: Int = 16384, maximumPipelinedBytes: Int = 64 << 20
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.poolSize = poolSize
        self.backoffMinimum = backoffMinimum
        self.backoffMaximum = backoffMaximum
        self.maximumReplyBytes = maximumReplyBytes
        self.maximumPipelined = maximumPipelined
        self.maximumPipelinedBytes = maximumPipelinedBytes
    }

    /// The primary that these sentinels name, with defaults for everything that is not said.
    public init(
        sentinels: RedisSentinels, username: String? = nil, password: String? = nil, database: Int = 0,
        tls: TLSConfiguration? = nil
    ) {
        self.init(host: "", username: username, password: password, database: database, tls: tls)
        self.sentinels = sentinels
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `host:port`, or the sentinels' addresses and the primary's name.
    public var address: String {
        sentinels?.description ?? "\(RedisSentinels.Address(host: host, port: port))"
    }

    /// The URL, without user and password.
    public var description: String {
        "\(tls == nil ? "redis" : "rediss")\(sentinels == nil ? "" : "+sentinel")://\(address)/\(database)"
    }

    /// As `description`.
    public var debugDescription: String { description }

    /// Nothing but the address, so that `dump` shows no password either.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
