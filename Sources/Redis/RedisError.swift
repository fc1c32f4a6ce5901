/// What can go wrong in this room: a code to decide by, a sentence for a person, and what lay beneath.
public struct RedisError: Error, Sendable {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// No connection was there within the command's time. The command was never sent.
        case notConnected
        /// The connection ended while the command was on its way: it may or may not have been executed.
        case connectionLost
        /// The server did not answer within the command's time: it may still execute the command.
        case timeout
        /// The caller's task was cancelled: the command may still be executed.
        case cancelled
        /// The server answered with an error reply; `server` holds it.
        case server
        /// The peer sent bytes that are no RESP2.
        case protocolError
        /// A reply was larger than the configuration allows. The command was executed.
        case replyTooLarge
        /// Too many commands or bytes are already on their way. The command was never sent.
        case overloaded
        /// The server refused user, password or permission for the connection. The command was never sent.
        case refusedCredentials
        /// The server's certificate is not trusted or names another host, or the server speaks no TLS from 1.2 on. The
        /// command was never sent.
        case refusedTLS
        /// No sentinel led to a server that is the primary; the message says what was tried. The command was never sent.
        case noPrimary
        /// A reply of another type than the caller asked for.
        case unexpectedReply
        /// The configuration cannot work.
        case invalidConfiguration
    }

    /// What kind of failure this is.
    public let code: Code
    /// What happened and what to do about it, without secrets.
    public let message: String
    /// The server's own error, when `code` is `.server` or `.refusedCredentials`.
    public let server: RedisServerError?
    /// The failure beneath this one.
    public let cause: (any Error)?

    init(_ code: Code, _ message: String, server: RedisServerError? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.server = server
        self.cause = cause
    }

    init(_ server: RedisServerError) {
        self.init(.server, "Redis answered: \(server.message)", server: server)
    }

    /// Whether another attempt to connect would end in the same way until somebody changes a setting.
    var staysWrong: Bool { [.refusedCredentials, .refusedTLS, .invalidConfiguration].contains(code) }

    /// Whether the server may have executed the command all the same. When false, sending it again is safe.
    /// An error reply counts as executed: a script may have written before it failed.
    public var mayHaveBeenExecuted: Bool {
        switch code {
        case .connectionLost, .timeout, .cancelled, .server, .protocolError, .replyTooLarge, .unexpectedReply: true
        case .notConnected, .overloaded, .refusedCredentials, .refusedTLS, .noPrimary, .invalidConfiguration:
            false
        }
    }
}

extension RedisError: CustomStringConvertible {
    /// Code, message and cause in one line.
    public var description: String {
        let reason = cause.map { " (cause: \($0))" } ?? ""
        return "\(code.rawValue): \(message)\(reason)"
    }
}

/// An error reply of the server.
public struct RedisServerError: Error, Sendable, Hashable {
    /// The first word when it is in capitals, such as `ERR`, `NOSCRIPT`, `WRONGTYPE`; otherwise empty.
    public let prefix: String
    /// The whole text, with the prefix.
    public let message: String

    /// Splits the text of an error reply.
    public init(_ text: String) {
        let first = text.prefix { $0 != " " }
        prefix = first.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } ? String(first) : ""
        message = text
    }
}
