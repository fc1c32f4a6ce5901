/// What the notifier could not make of what it was sent.
package struct NotifierError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    package enum Code: String, Sendable {
        /// A text frame that is no JSON, or no frame of the protocol.
        case badFrame
        /// The connection's pipeline is not one that can be upgraded.
        case notUpgradable
    }

    package let code: Code
    /// What happened and what to do.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { "notifier \(code.rawValue): \(message)" }
}
