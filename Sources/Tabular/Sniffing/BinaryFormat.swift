/// Files that people send in place of a CSV, told by their first bytes.
enum BinaryFormat {
    private static let magics: [(bytes: [UInt8], name: String)] = [
        (Array("%PDF-".utf8), "PDF"),
        ([0x1F, 0x8B], "gzip"),
        ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Excel workbook or another Office document"),
        (Array("PAR1".utf8), "Parquet"),
        (Array("SQLite format 3\0".utf8), "SQLite"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    ]

    /// What the bytes are, in words that follow "the file is"; nil when no known format begins so.
    static func name(of head: [UInt8]) -> String? {
        if ZipDirectory.isZip(head) {
            let names = String(decoding: head.prefix(4096), as: UTF8.self)
            return names.contains("[Content_Types].xml") || names.contains("xl/")
                ? "an Excel workbook" : "a zip archive"
        }
        return magics.first { head.starts(with: $0.bytes) && ($0.bytes.count > 3 || isBinary(head)) }?.name
    }

    /// Whether more than a tenth of the bytes are controls that text does not hold. The separators that ASCII has for
    /// tables, and those that databases use in their place, are no such controls as long as there is only one of them.
    static func isMostlyControls(_ text: [UInt8]) -> Bool {
        var counts = [Int](repeating: 0, count: Int(ASCII.space))
        for byte in text where byte < ASCII.space { counts[Int(byte)] += 1 }
        for byte in [ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn] { counts[Int(byte)] = 0 }
        let separator = ([0x01, 0x02, 0x03] + Array(0x1C...0x1F)).max { counts[$0] < counts[$1] } ?? 0x1F
        counts[separator] = 0
        return counts.reduce(0, +) * 10 > text.count
    }

    /// "BZh" could be a column's name; behind a real magic comes something that is not text.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        head.withUnsafeBytes { UTF8Validation.firstFault(in: $0, allowsCutTail: true) != nil } || head.contains(0)
    }
}
