import Foundation

/// Why the server closes a socket. Codes from 4000 on are ours; the README says what a client does about each.
package enum CloseCode: UInt16, Sendable, CaseIterable {
    case normal = 1000
    /// The server shuts down: connect again after the delay that the reason names, and resume.
    case goingAway = 1001
    case protocolError = 1002
    /// A binary message.
    case unacceptableData = 1003
    /// Too many bad frames, or more of them than a client has a use for.
    case policyViolation = 1008
    case messageTooLarge = 1009
    /// No pong came: connect again and resume.
    case silent = 4000
    /// The client reads more slowly than its topics talk: connect again and resume.
    case tooSlow = 4008
    /// The event log was lost and begun anew: connect again, with the delay that the reason names.
    case logBegunAnew = 4010
    /// No valid token in time, or the token came to its end: connect again with a fresh one.
    case notAuthenticated = 4401
    /// The user has too many sockets open already.
    case tooManySockets = 4429

    /// Whether a client gains by connecting again with what it has.
    package var isReconnectable: Bool {
        switch self {
        case .goingAway, .silent, .tooSlow, .logBegunAnew: true
        default: false
        }
    }
}

/// A code and the words that go with it.
package struct SocketClose: Sendable, Equatable {
    package var code: CloseCode
    /// At most 123 bytes: what fits a close frame.
    package var reason: String

    package init(_ code: CloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
        while self.reason.utf8.count > 123 { self.reason.removeLast() }
    }

    /// Asks the client back after a delay of its own, so that not all of them come at once.
    static func comeBack(_ code: CloseCode, _ why: String, within spread: Duration) -> SocketClose {
        let milliseconds = Int64.random(in: 0...max(0, Int64(spread / .milliseconds(1))))
        return SocketClose(code, "\(why); \(delayPrefix)\(milliseconds) ms")
    }

    private static let delayPrefix = "reconnect after "

    /// The delay that a close reason advises; nil when it names none.
    package static func adviceToReconnect(in reason: String) -> Duration? {
        guard let range = reason.range(of: delayPrefix) else { return nil }
        return Int64(reason[range.upperBound...].prefix { $0.isASCII && $0.isNumber }).map { .milliseconds($0) }
    }
}
