import Crypto
import Foundation

/// Makes tokens that the server's own authority would not make.
enum TokenForge {
    /// How a token is signed.
    enum Signature: Sendable { case hs256, hs512, none }

    /// Claims that the server takes, changed by `changes`; a nil takes a claim away.
    static func claims(_ changes: [String: any Sendable] = [:], without missing: String? = nil) -> [String: Any] {
        var claims: [String: Any] = [
            "sub": "forger", "iss": "srto", "role": "ADMIN", "iat": 1_700_000_000, "exp": 4_000_000_000,
        ]
        for (name, value) in changes { claims[name] = value }
        if let missing { claims[missing] = nil }
        return claims
    }

    /// A token over `claims`, whose header says `algorithm`.
    static func token(
        _ claims: [String: Any], algorithm: String = "HS256", _ signature: Signature = .hs256,
        secret: [UInt8] = APIHouse.secret
    ) throws -> String {
        let header = try JSONSerialization.data(withJSONObject: ["alg": algorithm, "typ": "JWT"])
        let content = base64(header) + "." + base64(try JSONSerialization.data(withJSONObject: claims))
        let key = SymmetricKey(data: secret)
        let code: Data =
            switch signature {
            case .hs256: Data(HMAC<SHA256>.authenticationCode(for: Data(content.utf8), using: key))
            case .hs512: Data(HMAC<SHA512>.authenticationCode(for: Data(content.utf8), using: key))
            case .none: Data()
            }
        return content + "." + base64(code)
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
