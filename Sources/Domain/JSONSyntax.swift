import Foundation

/// What a cell of a JSON column may be: a snapshot holds it as it stands.
package enum JSONSyntax {
    /// Whether the text is one JSON value. Foundation's reader decides, with what it takes beyond the grammar left out: a
    /// byte order mark, UTF-16 (which it knows by the zeros), and a comma before a closing bracket.
    package static func accepts(_ text: String) -> Bool {
        guard !text.utf8.contains(0), !text.hasPrefix("\u{FEFF}"), !hasTrailingComma(text) else { return false }
        do {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return true
        } catch {
            return false
        }
    }

    private static func hasTrailingComma(_ text: String) -> Bool {
        var (isInString, isEscaped, isAfterComma) = (false, false, false)
        for byte in text.utf8 {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if isAfterComma { return true }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
            default:
                isInString = byte == UInt8(ascii: "\"")
                isAfterComma = byte == UInt8(ascii: ",")
            }
        }
        return false
    }
}
