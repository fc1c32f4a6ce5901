/// What a broker could not do.
package struct BrokerError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    package enum Code: String, Sendable {
        /// No queue takes the message.
        case unroutable
        /// The broker is not reached, or went away before it confirmed: publish again under the same id.
        case unavailable
        /// The broker said no: a missing queue, missing rights, a queue at its bound.
        case refused
        /// The message is one that no broker can carry, however often it is tried; nothing of its batch was sent.
        case unacceptable
        /// The queue was deleted while it was consumed.
        case consumerCancelled
        /// Too many messages wait for a broker that is blocked or away.
        case overloaded
    }

    package let code: Code
    /// What happened and what to do.
    package let message: String
    /// Id of the message it is about, where it is about one.
    package let messageID: String?
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, messageID: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.messageID = messageID
        self.cause = cause
    }

    package var description: String { "\(code.rawValue): \(message)" }
}
