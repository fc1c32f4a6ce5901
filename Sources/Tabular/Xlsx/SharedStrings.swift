/// Reads `sharedStrings.xml`: the texts that cells refer to by number, in one array of bytes.
final class SharedStrings: XMLEvents {
    /// What 32,767 characters, Excel's own bound, take at most.
    static let longestText = 4 * 32_767

    private let maximumBytes: Int
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends: [Int] = []
    private var isInText = false
    private var phoneticDepth = 0
    private var isInItem = false

    /// - Parameter maximumBytes: how much may be held, eight bytes for each text included.
    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The text of that number; nil when there is none.
    func text(_ index: Int) -> ArraySlice<UInt8>? {
        ends.indices.contains(index) ? bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] : nil
    }

    func began(_ name: XMLName, _ attributes: XMLAttributes) throws(TabularError) {
        switch name {
        case "si": isInItem = true
        case "rPh": phoneticDepth += 1
        case "t": isInText = isInItem && phoneticDepth == 0
        default: return
        }
    }

    func ended(_ name: XMLName) throws(TabularError) {
        switch name {
        case "t": isInText = false
        case "rPh": phoneticDepth -= 1
        case "si":
            isInItem = false
            EscapedText.unescape(&bytes, from: ends.last ?? 0)
            ends.append(bytes.count)
            try check()
        default: return
        }
    }

    func text(_ piece: UnsafeRawBufferPointer) throws(TabularError) {
        guard isInText else { return }
        bytes.append(contentsOf: piece)
        try check()
    }

    private func check() throws(TabularError) {
        guard bytes.count - (ends.last ?? 0) <= Self.longestText else {
            throw XMLStream.corrupt("text \(ends.count) is longer than a cell's may be")
        }
        guard bytes.count + 8 * ends.count <= maximumBytes else {
            throw TabularError(
                .workbookTooLarge,
                "the workbook's texts take more than \(maximumBytes) bytes; save the sheet as CSV (UTF-8) and send that"
            )
        }
    }
}

/// Spreadsheets write characters that XML cannot hold as `_x000D_`.
enum EscapedText {
    private static let length = 7

    /// Resolves the escapes in the bytes from `start` on.
    static func unescape(_ bytes: inout [UInt8], from start: Int) {
        guard var read = next(bytes, from: start) else { return }
        var write = read
        while read < bytes.count {
            if let scalar = scalar(bytes, at: read) {
                for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    bytes[write] = byte
                    write += 1
                }
                read += length
            } else {
                bytes[write] = bytes[read]
                write += 1
                read += 1
            }
        }
        bytes.removeSubrange(write...)
    }

    private static func next(_ bytes: [UInt8], from start: Int) -> Int? {
        var position = start
        while position + length <= bytes.count {
            if bytes[position] == UInt8(ascii: "_"), scalar(bytes, at: position) != nil { return position }
            position += 1
        }
        return nil
    }

    private static func scalar(_ bytes: [UInt8], at position: Int) -> Unicode.Scalar? {
        guard position + length <= bytes.count, bytes[position] == UInt8(ascii: "_"),
            bytes[position + 1] == UInt8(ascii: "x"), bytes[position + 6] == UInt8(ascii: "_")
        else { return nil }
        var code: UInt32 = 0
        for byte in bytes[(position + 2)..<(position + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            code = code << 4 | UInt32(digit)
        }
        return Unicode.Scalar(code)
    }
}
