/// Sentinels that watch over a primary and its replicas, and know which server is the primary at the moment.
public struct RedisSentinels: Sendable {
    /// Where a sentinel or a server listens.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        /// Name or address.
        public var host: String
        /// TCP port, 1 to 65535.
        public var port: Int

        /// An address; 26379 is where sentinels listen unless told otherwise.
        public init(host: String, port: Int = 26379) {
            self.host = host
            self.port = port
        }

        /// `host:port`.
        public var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }

    /// Asked in this order, the one that led to the primary last time first. Not encrypted, whatever is spoken with the
    /// primary.
    public var addresses: [Address]
    /// The name under which the sentinels know the primary.
    public var primaryName: String
    /// User of the sentinels' access lists; nil is the default user.
    public var username: String?
    /// Password of the sentinels, which is not the primary's. Nil sends them no `AUTH`.
    public var password: String?
    /// How long each of them may take to accept a connection, and then to answer.
    public var timeout: Duration

    /// Sentinels; at least one address.
    public init(
        addresses: [Address], primaryName: String, username: String? = nil, password: String? = nil,
        timeout: Duration = .seconds(1)
    ) {
        self.addresses = addresses
        self.primaryName = primaryName
        self.username = username
        self.password = password
        self.timeout = timeout
    }
}

extension RedisSentinels: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The addresses and the primary's name, without the password.
    public var description: String { "\(addresses.map(\.description).joined(separator: ","))/\(primaryName)" }

    /// As `description`.
    public var debugDescription: String { description }

    /// Nothing but the description, so that `dump` shows no password either.
    public var customMirror: Mirror { Mirror(self, children: ["sentinels": description]) }
}
