public import NIOSSL

/// Where the broker is, who we are, and the bounds of everything that waits.
public struct AMQPConfiguration: Sendable {
    /// Host name or address.
    public var host: String
    /// TCP port.
    public var port: Int
    /// User name.
    public var username: String
    /// Password; never printed or logged.
    public var password: String
    /// Virtual host.
    public var virtualHost: String
    /// TLS settings; nil speaks plain TCP. TLS before 1.2 is never spoken.
    public var tls: TLSConfiguration?
    /// The name that the broker's management page shows for our connections; the role is added to it.
    public var connectionName: String

    /// The heartbeat interval asked for (whole seconds, rounded up). A peer that is silent for two of them is given up.
    public var heartbeat: Duration = .seconds(15)
    /// Deadline for a connection attempt: TCP, TLS and the AMQP handshake together.
    public var connectTimeout: Duration = .seconds(10)
    /// Deadline of a publish from call to confirm, time spent waiting for a connection or an alarm's end included.
    public var publishTimeout: Duration = .seconds(30)
    /// Deadline of an administrative request and of a new consumer's first start.
    public var requestTimeout: Duration = .seconds(15)
    /// How long a consumer that was lost may take to be restored before its sequence ends with the error.
    /// An exclusive consumer has to outwait the broker noticing that its old connection is dead.
    public var consumerRestoreTimeout: Duration = .seconds(90)
    /// Ceiling of the first wait after a lost connection; every further failure doubles it. Waits have full jitter.
    public var reconnectMinimum: Duration = .milliseconds(200)
    /// Ceiling of all waits between connection attempts. Whoever looks less often than once a second is not back at work
    /// within two seconds of the broker's return.
    public var reconnectMaximum: Duration = .seconds(1)

    /// Largest frame in bytes that we send and accept.
    public var frameMax: Int = 131_072
    /// Largest body in bytes, published or consumed.
    public var maximumBodyBytes: Int = 16 * 1024 * 1024
    /// How many messages may wait for their confirm, sent or not.
    public var maximumWaitingPublishes: Int = 100_000
    /// How many bytes of bodies may wait for their confirm, sent or not.
    public var maximumWaitingBytes: Int = 64 * 1024 * 1024

    /// A broker at `host`, with the defaults for everything else.
    public init(
        host: String = "127.0.0.1", port: Int = 5672, username: String = "guest", password: String = "guest",
        virtualHost: String = "/", tls: TLSConfiguration? = nil, connectionName: String = "swift-amqp"
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.virtualHost = virtualHost
        self.tls = tls
        self.connectionName = connectionName
    }

    /// Says what is wrong with the numbers, all at once.
    public func validate() throws(AMQPError) {
        var faults: [String] = []
        if host.isEmpty { faults.append("the host is empty") }
        if !(1...65_535).contains(port) { faults.append("port \(port) is not between 1 and 65535") }
        if virtualHost.utf8.count > 255 { faults.append("the virtual host's name is longer than 255 bytes") }
        if !(4096...16_777_216).contains(frameMax) { faults.append("frameMax is not between 4096 and 16777216 bytes") }
        if heartbeat < .seconds(1) || heartbeat > .seconds(3600) { faults.append("the heartbeat is not 1 s to 1 h") }
        if !(1...134_217_728).contains(maximumBodyBytes) { faults.append("maximumBodyBytes is not 1 to 128 MiB") }
        if min(maximumWaitingPublishes, maximumWaitingBytes) < 1 {
            faults.append("maximumWaitingPublishes or maximumWaitingBytes is below 1")
        }
        if reconnectMinimum <= .zero || reconnectMaximum < reconnectMinimum {
            faults.append("reconnectMinimum is not above zero and at most reconnectMaximum")
        }
        for (name, value) in [
            ("connectTimeout", connectTimeout), ("publishTimeout", publishTimeout), ("requestTimeout", requestTimeout),
        ] where value <= .zero { faults.append("\(name) is not above zero") }
        guard faults.isEmpty else {
            throw AMQPError(.invalidConfiguration, "AMQP configuration: " + faults.joined(separator: "; ") + ".")
        }
    }
}
