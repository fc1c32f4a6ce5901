import Crypto
import Foundation

/// Hashes as the API tells them.
enum Digest {
    /// SHA-256 of a text's UTF-8, hexadecimal.
    static func sha256(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
