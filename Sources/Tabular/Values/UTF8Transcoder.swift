/// Turns a stream of Latin-1 or UTF-16 bytes into UTF-8, so that all else has to know only UTF-8.
///
/// Bytes 0x80 to 0x9F are read as Windows-1252, as browsers do with text that calls itself Latin-1. Half
/// surrogate pairs become U+FFFD.
public struct UTF8Transcoder: Sendable {
    /// What the bytes are now.
    public enum Source: String, Hashable, Sendable, Codable {
        case latin1
        case utf16LittleEndian
        case utf16BigEndian
    }

    /// What Windows-1252 puts at 0x80 to 0x9F; its five gaps keep their control characters.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D,
        0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153,
        0x9D,
        0x017E, 0x0178,
    ]
    private static let replacement: UInt32 = 0xFFFD

    private let source: Source
    private var pendingByte: UInt8?
    private var pendingHighSurrogate: UInt32?

    /// Starts a stream of `source`.
    public init(from source: Source) {
        self.source = source
    }

    /// Takes the next bytes (without byte order mark); returns what they are in UTF-8.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8 + 4)
        for byte in bytes {
            switch source {
            case .latin1:
                Self.append(0x80...0x9F ~= byte ? Self.windows1252[Int(byte) - 0x80] : UInt32(byte), to: &output)
            case .utf16LittleEndian, .utf16BigEndian:
                guard let first = pendingByte else {
                    pendingByte = byte
                    continue
                }
                pendingByte = nil
                let isLittle = source == .utf16LittleEndian
                takeUnit(UInt32(isLittle ? byte : first) << 8 | UInt32(isLittle ? first : byte), into: &output)
            }
        }
        return output
    }

    /// Takes the next bytes (without byte order mark); returns what they are in UTF-8.
    public mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { feed($0) }
    }

    /// The source has ended: returns a replacement character when it ended within a character.
    public mutating func finish() -> [UInt8] {
        var output: [UInt8] = []
        if pendingHighSurrogate != nil || pendingByte != nil { Self.append(Self.replacement, to: &output) }
        pendingHighSurrogate = nil
        pendingByte = nil
        return output
    }

    private mutating func takeUnit(_ unit: UInt32, into output: inout [UInt8]) {
        if let high = pendingHighSurrogate {
            pendingHighSurrogate = nil
            if 0xDC00...0xDFFF ~= unit {
                return Self.append(0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00), to: &output)
            }
            Self.append(Self.replacement, to: &output)
        }
        switch unit {
        case 0xD800...0xDBFF: pendingHighSurrogate = unit
        case 0xDC00...0xDFFF: Self.append(Self.replacement, to: &output)
        default: Self.append(unit, to: &output)
        }
    }

    private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
        switch scalar {
        case ..<0x80:
            output.append(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            output.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
            output.append(tail(0))
        case ..<0x10000:
            output.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            output.append(tail(6))
            output.append(tail(0))
        default:
            output.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
            output.append(tail(12))
            output.append(tail(6))
            output.append(tail(0))
        }
    }
}
