/// Why a command could not do what it was asked, in words for the person at the terminal.
struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of fault it is.
    enum Code: Sendable, Equatable {
        /// The command line or the environment is at fault.
        case usage
        /// A local file cannot be read or written.
        case file
        /// Nobody answers at the address.
        case unreachable
        /// The connection broke, or the answer did not come in time.
        case lost
        /// The server said no, with this HTTP status.
        case refused(status: Int)
        /// The server said something that this client does not understand.
        case misunderstood
        /// The import ended without its rows being in the catalog.
        case importFailed
        /// The session has no error report.
        case noReport
        /// The person pressed Ctrl-C.
        case interrupted
        /// Whoever read the output has gone and wants no more.
        case outputClosed
    }

    let code: Code
    /// What happened.
    let message: String
    /// What to do about it; empty when there is nothing.
    let advice: String

    init(_ code: Code, _ message: String, advice: String = "") {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// One line: what happened, and what to do.
    var description: String {
        (advice.isEmpty ? message : "\(message): \(advice)").printable
    }

    static let outputClosed = ClientError(.outputClosed, "nobody reads the output any more")

    static let interrupted = ClientError(.interrupted, "interrupted")

    static let tokenAdvice = "make one with 'srto token' and pass it with --token or SRTO_TOKEN"
}
