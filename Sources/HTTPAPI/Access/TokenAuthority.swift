package import Domain
package import Foundation
import JWTKit

/// Makes and checks access tokens (JWT, HS256, signed with a local secret).
package struct TokenAuthority: Sendable {
    private static let issuer = "srto"
    private let keys = JWTKeyCollection()

    /// - Parameter secret: at least 32 random bytes.
    package init(secret: [UInt8]) async throws {
        guard secret.count >= 32 else {
            throw RequestError(status: 500, "the token secret must have at least 32 bytes.")
        }
        await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
    }

    /// A token for `user` that holds for `lifetime`.
    package func make(user: UserContext, lifetime: Duration) async throws -> String {
        let now = Date.now
        let claims = Claims(
            sub: SubjectClaim(value: user.userId), iss: IssuerClaim(value: Self.issuer), iat: IssuedAtClaim(value: now),
            exp: ExpirationClaim(value: now.addingTimeInterval(TimeInterval(lifetime.components.seconds))),
            role: user.role, assignments: user.assignments)
        return try await keys.sign(claims)
    }

    /// Who a token speaks for, and until when.
    /// - Throws: `RequestError` (ERR_AUTH_001) that says what is wrong with it.
    package func verify(_ token: String) async throws(RequestError) -> (user: UserContext, expires: Date) {
        let claims: Claims
        do {
            claims = try await keys.verify(token, as: Claims.self)
        } catch {
            throw RequestError(.invalidToken, "the token \(Self.reason(error)): get a new one (`srto token`).")
        }
        guard !claims.sub.value.isEmpty, claims.sub.value.utf8.count <= 200 else {
            throw RequestError(.invalidToken, "the token names no user (sub, at most 200 bytes): get a new one.")
        }
        guard claims.iss.value == Self.issuer else {
            throw RequestError(.invalidToken, "the token was issued by somebody else: get a new one (`srto token`).")
        }
        let user = UserContext(userId: claims.sub.value, role: claims.role, assignments: claims.assignments ?? [])
        return (user, claims.exp.value)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? JWTError else { return "cannot be read" }
        return switch error.errorType {
        case .claimVerificationFailure: "has expired"
        case .signatureVerificationFailed: "has a signature that is not this server's"
        default: "cannot be read"
        }
    }

    private struct Claims: JWTPayload {
        var sub: SubjectClaim
        var iss: IssuerClaim
        var iat: IssuedAtClaim?
        var exp: ExpirationClaim
        var role: Role
        var assignments: [UserContext.Assignment]?

        func verify(using algorithm: some JWTAlgorithm) async throws {
            try exp.verifyNotExpired()
        }
    }
}
