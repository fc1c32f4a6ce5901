/// Turns a stream of bytes in another encoding into UTF-8, so that all else has to know only UTF-8. Holds at most three
/// bytes between feeds. Half surrogate pairs become U+FFFD; bytes that a code page leaves open become control characters.
public struct UTF8Transcoder: Sendable {
    /// What the bytes are now.
    public enum Source: String, Hashable, Sendable, Codable {
        /// Latin-1 as well: nobody means the control characters that Latin-1 has in place of Windows-1252's letters.
        case windows1252
        case codePage437
        case utf16LittleEndian
        case utf16BigEndian
    }

    private let source: Source
    private let page: CodePage
    private var pendingByte: UInt8?
    private var pendingHighSurrogate: UInt16?

    /// Starts a stream of `source`.
    public init(from source: Source) {
        self.source = source
        page = source == .codePage437 ? .codePage437 : .windows1252
    }

    /// Takes the next bytes (without byte order mark); returns what they are in UTF-8.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8 + 4)
        switch source {
        case .windows1252, .codePage437: takeBytes(bytes, into: &output)
        case .utf16LittleEndian, .utf16BigEndian: takePairs(bytes, into: &output)
        }
        return output
    }

    /// Takes the next bytes (without byte order mark); returns what they are in UTF-8.
    public mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { feed($0) }
    }

    /// The source has ended: returns a replacement character when it ended within a character.
    public mutating func finish() -> [UInt8] {
        let isCut = pendingHighSurrogate != nil || pendingByte != nil
        pendingHighSurrogate = nil
        pendingByte = nil
        return isCut ? Array(UTF8.encodedReplacementCharacter) : []
    }

    private func takeBytes(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        var position = 0
        while position < bytes.count {
            let end = ASCIIRun.end(in: bytes, from: position)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
            position = end
            while position < bytes.count, bytes[position] >= 0x80 {
                page.append(bytes[position], to: &output)
                position += 1
            }
        }
    }

    private mutating func takePairs(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        let isLittle = source == .utf16LittleEndian
        for byte in bytes {
            guard let first = pendingByte else {
                pendingByte = byte
                continue
            }
            pendingByte = nil
            takeUnit(UInt16(isLittle ? byte : first) << 8 | UInt16(isLittle ? first : byte), into: &output)
        }
    }

    private mutating func takeUnit(_ unit: UInt16, into output: inout [UInt8]) {
        if unit < 0x80, pendingHighSurrogate == nil { return output.append(UInt8(unit)) }
        if let high = pendingHighSurrogate {
            pendingHighSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                let code = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                return Self.append(Unicode.Scalar(code), to: &output)
            }
            Self.append(nil, to: &output)
        }
        if UTF16.isLeadSurrogate(unit) {
            pendingHighSurrogate = unit
        } else {
            // A trailing surrogate alone is no scalar.
            Self.append(Unicode.Scalar(unit), to: &output)
        }
    }

    private static func append(_ scalar: Unicode.Scalar?, to output: inout [UInt8]) {
        output.append(contentsOf: scalar.flatMap(UTF8.encode) ?? UTF8.encodedReplacementCharacter)
    }
}
