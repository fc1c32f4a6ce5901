/// A request that cannot be carried out, in words for the person who sent it.
///
/// Rooms of floor 3 throw it where the fault lies with the request; `HTTPAPI` turns it into a problem document.
package struct RequestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The specification's code, or nil where appendix B has none (an unknown session, an oversized body).
    package let code: ErrorCode?
    /// HTTP status: the code's own unless a more exact one is given.
    package let status: Int
    /// What happened, where, and what to do.
    package let message: String

    /// The message, with its code where it has one.
    package var description: String { code.map { "\($0.rawValue): \(message)" } ?? message }

    /// A fault with a code of the specification.
    package init(_ code: ErrorCode, _ message: String, status: Int? = nil) {
        self.code = code
        self.status = status ?? code.httpStatus
        self.message = message
    }

    /// A fault that the specification has no code for.
    package init(status: Int, _ message: String) {
        self.code = nil
        self.status = status
        self.message = message
    }
}
