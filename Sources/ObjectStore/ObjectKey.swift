import Crypto
import Domain
import Foundation

/// The name of an object: path components that were each made safe.
package struct ObjectKey: Sendable, Hashable, CustomStringConvertible {
    /// Safe for a file system and a URL: ASCII letters, digits, `-`, `_`, `.`, `=` and `%`, never beginning with a dot.
    package let components: [String]

    /// The components joined with `/`.
    package var description: String { components.joined(separator: "/") }

    /// A key of components that may hold anything: what is not safe in them is percent-encoded, what is too long ends in
    /// its hash.
    package init(_ components: String...) {
        self.components = components.map(Self.safe)
    }

    /// Reads a key from a URL path; nil unless its components are safe and at most twelve.
    package init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.isEmpty, parts.count <= 12, parts.allSatisfy(Self.isSafe) else { return nil }
        components = parts
    }

    private init(components: [String]) { self.components = components }

    /// What a file system allows (255), less what a store puts around a name.
    private static let maximumComponentBytes = 240

    /// The key of something below this one.
    package func appending(_ component: String) -> ObjectKey {
        ObjectKey(components: components + [Self.safe(component)])
    }

    private static func safe(_ text: String) -> String {
        var safe = ""
        for byte in text.utf8 {
            let keep = isPlain(byte) && !(safe.isEmpty && byte == UInt8(ascii: "."))
            safe += keep ? String(UnicodeScalar(byte)) : "%" + hexadecimal(byte)
        }
        // A percent sign alone stands for no byte, so it is free to stand for nothing.
        if safe.isEmpty { return "%" }
        return safe.utf8.count <= maximumComponentBytes ? safe : shortened(safe)
    }

    /// A name that no file system takes keeps its beginning, and its hash tells it from others: `%=` is in no other name.
    private static func shortened(_ safe: String) -> String {
        "\(safe.prefix(160))%=\(Hexadecimal.text(SHA256.hash(data: Data(safe.utf8))))"
    }

    private static func isSafe(_ component: String) -> Bool {
        !component.isEmpty && component.utf8.count <= maximumComponentBytes && !component.hasPrefix(".")
            && component.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "%") }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
