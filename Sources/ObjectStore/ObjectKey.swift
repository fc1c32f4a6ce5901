/// The name of an object: path components that were each made safe.
package struct ObjectKey: Sendable, Hashable, CustomStringConvertible {
    /// Safe for a file system and a URL: ASCII letters, digits, `-`, `_`, `.`, `=` and `%`, never beginning with a dot.
    package let components: [String]

    /// The components joined with `/`.
    package var description: String { components.joined(separator: "/") }

    /// A key of components that may hold anything: what is not safe in them is percent-encoded.
    package init(_ components: String...) {
        self.components = components.map(Self.safe)
    }

    /// Reads a key from a URL path; nil unless it is one that `init(_:)` could have made.
    package init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.isEmpty, parts.count <= 12, parts.allSatisfy(Self.isSafe) else { return nil }
        components = parts
    }

    private init(components: [String]) { self.components = components }

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
        return safe.isEmpty ? "%00" : safe
    }

    private static func isSafe(_ component: String) -> Bool {
        !component.isEmpty && component.utf8.count <= 240 && !component.hasPrefix(".")
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
