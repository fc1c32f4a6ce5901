/// Everything that can go wrong between a caller and the broker.
public struct AMQPError: Error, Sendable {
    /// What went wrong, for code that decides what to do next.
    public enum Code: Sendable, Hashable {
        /// The configuration, or the URL it was read from, makes no sense.
        case invalidConfiguration
        /// A name, table or number that AMQP cannot carry.
        case invalidArgument
        /// There was no connection until the call's deadline. Nothing was sent.
        case notConnected
        /// The connection ended before the broker answered: it may or may not have done what was asked.
        case connectionLost
        /// User name or password are wrong.
        case refusedCredentials
        /// The virtual host does not exist, or this user may not use it.
        case refusedVirtualHost
        /// The broker closed the connection and said why.
        case connectionClosed(code: Int, text: String)
        /// The peer sent something that is not AMQP 0-9-1, or broke its rules.
        case protocolViolation
        /// No answer before the deadline. What was sent may still take effect.
        case timeout
        /// The broker accepts no publishes (memory or disk alarm) and none of these were sent before the deadline.
        case blocked(reason: String)
        /// Too much waits for a confirm already; nothing of this call was sent.
        case overloaded
        /// No queue takes a mandatory message.
        case unroutable(exchange: String, routingKey: String, messageID: String)
        /// The broker refused a message (`basic.nack`), for instance because a queue is full.
        case refused(messageID: String)
        /// A body beyond the configured maximum.
        case messageTooLarge
        /// The broker closed the channel because of this request: 404 not found, 406 precondition failed, 403, 405.
        case channelClosed(code: Int, text: String)
        /// The queue was deleted, or the broker took the consumer away for another reason.
        case consumerCancelled(queue: String)
        /// The calling task was cancelled. What was sent may still take effect.
        case cancelled
        /// The client has been shut down.
        case clientClosed
    }

    /// What went wrong.
    public let code: Code
    /// A sentence for the person who has to act on it. Holds no secrets.
    public let message: String
    /// The error behind this one.
    public let cause: (any Error)?

    /// Makes an error; mainly for tests and adapters.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension AMQPError: CustomStringConvertible {
    /// The message, with what caused it.
    public var description: String {
        guard let cause else { return message }
        return "\(message) (\(cause))"
    }
}

extension AMQPError {
    static func violation(_ what: String) -> AMQPError {
        AMQPError(.protocolViolation, "The peer broke the AMQP protocol: \(what).")
    }

    static func connectionLost(_ cause: any Error) -> AMQPError {
        AMQPError(
            .connectionLost, "The connection to the broker ended before it answered; do it again under the same id.",
            cause: cause)
    }

    static let clientClosed = AMQPError(.clientClosed, "The AMQP client has been shut down.")
    static let cancelled = AMQPError(.cancelled, "The waiting task was cancelled before the broker answered.")
}
