import Domain

/// A list of allowed texts. Equal is what Swift takes for equal: an accented letter may be one character or two.
///
/// An object, since each look at a value of several arrays would count all of them.
final class TextSet: Sendable {
    let texts: [String]
    private let table: ByteTable
    private let isASCII: Bool

    init(_ texts: [String]) {
        self.texts = texts
        isASCII = texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
        var table = ByteTable()
        for text in texts {
            var text = text
            _ = text.withUTF8 { table.insert(UnsafeRawBufferPointer($0)) }
        }
        self.table = table
    }

    /// Whether the list has a text.
    func contains(_ text: UnsafeRawBufferPointer) -> Bool {
        if table.number(of: text) != nil { return true }
        if isASCII, text.isASCII { return false }
        return texts.contains(String(decoding: text, as: UTF8.self))
    }
}

extension UnsafeRawBufferPointer {
    /// Whether every byte is an ASCII character's.
    var isASCII: Bool {
        var position = 0
        while position + 8 <= count {
            if loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            position += 8
        }
        while position < count {
            if self[position] >= 0x80 { return false }
            position += 1
        }
        return true
    }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }
}
