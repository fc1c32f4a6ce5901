/// What the catalog could not do.
package struct CatalogError: Error, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    package enum Code: String, Sendable {
        /// Cannot be opened or reached.
        case unavailable
        /// Another writer held it for too long.
        case busy
        /// No room left where it is stored.
        case full
        /// What is stored cannot be read.
        case corrupt
        /// The statement failed for another reason.
        case failed
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

    package var description: String { "catalog \(code.rawValue): \(message)" }
}
