/// Well-formed UTF-8, after table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
public enum UTF8Validation {
    /// The offset of the first byte that is not UTF-8; nil when all is well.
    ///
    /// - Parameter allowsCutTail: the bytes are the beginning of something longer, so that a sequence may lack its end.
    public static func firstFault(in bytes: UnsafeRawBufferPointer, allowsCutTail: Bool = false) -> Int? {
        var position = 0
        while position < bytes.count {
            position = ASCIIRun.end(in: bytes, from: position)
            guard position < bytes.count else { return nil }
            let lead = bytes[position]
            guard let (length, second) = sequence(after: lead) else { return position }
            for index in 1..<length {
                guard position + index < bytes.count else { return allowsCutTail ? nil : position }
                let allowed = index == 1 ? second : 0x80...0xBF
                guard allowed.contains(bytes[position + index]) else { return position }
            }
            position += length
        }
        return nil
    }

    /// The offset of the first byte that is not UTF-8; nil when all is well.
    public static func firstFault(in bytes: [UInt8], allowsCutTail: Bool = false) -> Int? {
        bytes.withUnsafeBytes { firstFault(in: $0, allowsCutTail: allowsCutTail) }
    }

    /// The length of the sequence that `lead` begins, and what its second byte may be.
    static func sequence(after lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }
}
