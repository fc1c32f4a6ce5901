import Crypto
import Domain
package import Foundation

/// Signs URLs that say what may be done with one object until when, and checks them.
package struct URLSigner: Sendable {
    /// What a URL allows.
    package enum Method: String, Sendable {
        case get = "GET"
        case put = "PUT"
        /// To upload in parts, to ask how far that is, and to give it up.
        case patch = "PATCH"
    }

    private let key: SymmetricKey

    /// - Parameter secret: at least 32 random bytes.
    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// Path and query that allow `method` on an object until `expires`, below the route that serves objects.
    package func path(_ method: Method, _ object: ObjectKey, expires: Date) -> String {
        let seconds = Int64(expires.timeIntervalSince1970)
        // Percent signs are part of a key and encoded once more as part of a path.
        let path = object.description.replacing("%", with: "%25")
        return "/api/objects/\(path)?\(query(method, object, seconds))"
    }

    /// The query alone, for a route that names the object in its own way.
    package func query(_ method: Method, _ object: ObjectKey, expires: Date) -> String {
        query(method, object, Int64(expires.timeIntervalSince1970))
    }

    private func query(_ method: Method, _ object: ObjectKey, _ seconds: Int64) -> String {
        "expires=\(seconds)&signature=\(signature(method, object, seconds))"
    }

    /// Checks a URL's claim.
    package func verify(
        _ method: Method, _ object: ObjectKey, expires: Int64, signature: String, now: Date
    ) -> Verdict {
        guard let claimed = Self.bytes(hexadecimal: signature),
            HMAC<SHA256>.isValidAuthenticationCode(
                claimed, authenticating: message(method, object, expires), using: key)
        else { return .forged }
        return Double(expires) < now.timeIntervalSince1970 ? .expired : .valid
    }

    /// What became of the check.
    package enum Verdict: Sendable { case valid, expired, forged }

    private func signature(_ method: Method, _ object: ObjectKey, _ expires: Int64) -> String {
        Hexadecimal.text(
            HMAC<SHA256>.authenticationCode(for: message(method, object, expires), using: key))
    }

    private func message(_ method: Method, _ object: ObjectKey, _ expires: Int64) -> Data {
        Data("\(method.rawValue)\n\(object)\n\(expires)".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        // `UInt8(_:radix:)` takes signs and capitals too: each signature has one spelling.
        guard digits.count == 64, digits.allSatisfy(isDigit) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
