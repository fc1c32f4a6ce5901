package import Domain
package import Foundation

/// Whom a token names, and for how long.
package struct Authentication: Sendable, Equatable {
    package var user: UserContext
    /// When the token ends; nil when it does not.
    package var expiresAt: Date?

    package init(user: UserContext, expiresAt: Date? = nil) {
        self.user = user
        self.expiresAt = expiresAt
    }
}

/// Reads a bearer token.
/// - Throws: for a token that is not valid; a `RequestError` keeps its status, code and message.
package typealias Authenticate = @Sendable (String) async throws -> Authentication
