// Logs and debuggers print whole values: without these they would print the password.
extension AMQPConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where and who, without the password.
    public var description: String {
        "\(tls == nil ? "amqp" : "amqps")://\(username)@\(host):\(port)/\(virtualHost)"
    }

    /// As `description`.
    public var debugDescription: String { description }

    /// Nothing but the description.
    public var customMirror: Mirror { Mirror(self, children: ["broker": description]) }
}
