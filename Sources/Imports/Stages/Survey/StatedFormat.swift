import Domain
import Tabular

/// What a producer says of how to read a file, understood.
struct StatedFormat: Sendable {
    var text = CSVStatement()
    var sheet: String?

    private static let names: [(name: String, byte: UInt8)] = [
        ("tab", 0x09), ("\\t", 0x09), ("comma", UInt8(ascii: ",")), ("semicolon", UInt8(ascii: ";")),
        ("pipe", UInt8(ascii: "|")), ("space", UInt8(ascii: " ")),
    ]
    private static let lineEnds: [UInt8] = [0x0A, 0x0D]

    /// - Throws: `FormatFault` naming every fault.
    init(_ format: FileFormat?) throws(FormatFault) {
        var faults: [String] = []
        if let name = format?.encoding {
            text.encoding = TextEncoding(named: name)
            if text.encoding == nil {
                faults.append(
                    "no encoding \(name.prefix(40)) is known here; it is one of "
                        + TextEncoding.words.joined(separator: ", "))
            }
        }
        if let name = format?.delimiter {
            text.delimiter = Self.byte(name)
            if text.delimiter == nil { faults.append(Self.fault("delimiter", name)) }
        }
        if let name = format?.quote {
            text.quote = Self.byte(name)
            if text.quote == nil { faults.append(Self.fault("quote", name)) }
        }
        if let quote = text.quote, quote == text.delimiter {
            faults.append("delimiter and quote have to differ")
        }
        sheet = format?.sheet
        guard faults.isEmpty else { throw FormatFault(message: faults.joined(separator: ", ")) }
    }

    /// The byte that a delimiter's or quote's name means: itself, a word, or `0x1F`.
    private static func byte(_ name: String) -> UInt8? {
        let byte: UInt8?
        if name.utf8.count == 1 {
            byte = name.utf8.first
        } else if let known = names.first(where: { $0.name == name.lowercased() }) {
            byte = known.byte
        } else {
            byte = name.hasPrefix("0x") ? UInt8(name.dropFirst(2), radix: 16) : nil
        }
        return byte.flatMap { $0 < 0x80 && !lineEnds.contains($0) ? $0 : nil }
    }

    private static func fault(_ what: String, _ name: String) -> String {
        "the \(what) is one ASCII character that ends no line, or tab, comma, semicolon, pipe, space or a code such as "
            + "0x1F, not \"\(name.prefix(40))\""
    }

    /// A name that means this delimiter or quote.
    static func name(of byte: UInt8) -> String {
        switch byte {
        case 0x09: "tab"
        case 0..<0x20, 0x7F: "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        default: String(Character(Unicode.Scalar(byte)))
        }
    }
}

/// A format was stated that is none.
struct FormatFault: Error {
    let message: String
}
