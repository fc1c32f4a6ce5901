/// Guesses encoding and dialect from the beginning of a file.
public enum CSVSniffer {
    private static let delimiters = [ASCII.comma, ASCII.semicolon, ASCII.tab, ASCII.pipe]
    private static let maximumRecords = 500

    /// - Parameters:
    ///   - head: the file's first bytes; 64 KiB are plenty.
    ///   - isWholeFile: nothing follows `head`; otherwise its last line is taken to be cut off and not counted.
    ///   - maximumRecordBytes: goes into the dialect.
    public static func sniff(
        _ head: [UInt8], isWholeFile: Bool = false, maximumRecordBytes: Int = CSVDialect.defaultMaximumRecordBytes
    ) -> CSVSniff {
        let (encoding, markLength) = encoding(of: head, isWholeFile: isWholeFile)
        if let format = BinaryFormat.name(of: head) {
            return refused(.binary, markLength, .binary(format: format))
        }
        var text: [UInt8]
        switch encoding {
        case .binary: return refused(.binary, markLength, .binary(format: nil))
        case .utf8, .utf8WithByteOrderMark, .latin1: text = Array(head.dropFirst(markLength))
        case .utf16LittleEndian, .utf16BigEndian:
            var transcoder = UTF8Transcoder(from: encoding == .utf16LittleEndian ? .utf16LittleEndian : .utf16BigEndian)
            text = transcoder.feed(Array(head.dropFirst(markLength)))
        }
        if BinaryFormat.isMostlyControls(text) { return refused(.binary, markLength, .binary(format: nil)) }
        guard let first = text.first(where: { !isBlank($0) }) else { return refused(encoding, markLength, .empty) }
        if first == UInt8(ascii: "<") { return refused(encoding, markLength, .text(format: "HTML or XML")) }
        if isJSON(text, first) { return refused(encoding, markLength, .text(format: "JSON")) }

        let newline = newline(of: text)
        let terminator: CSVDialect.Terminator = newline == .carriageReturn ? .carriageReturn : .lineFeed
        if !isWholeFile, let end = text.lastIndex(of: terminator.byte) { text.removeSubrange((end + 1)...) }
        let best = delimiters.map { delimiter in
            let dialect = CSVDialect(
                delimiter: delimiter, terminator: terminator, maximumRecordBytes: maximumRecordBytes)
            return DialectFit(text, dialect, maximumRecords: maximumRecords)
        }.reduce(DialectFit.none) { $0.score >= $1.score ? $0 : $1 }
        return CSVSniff(
            dialect: best.dialect, encoding: encoding, byteOrderMarkLength: markLength, newline: newline,
            columnCount: best.columnCount, confidence: best.confidence, refusal: nil)
    }

    private static func refused(_ encoding: CSVSniff.Encoding, _ mark: Int, _ refusal: CSVRefusal) -> CSVSniff {
        CSVSniff(
            dialect: CSVDialect(), encoding: encoding, byteOrderMarkLength: mark, newline: .none, columnCount: 0,
            confidence: 0, refusal: refusal)
    }

    private static func encoding(of head: [UInt8], isWholeFile: Bool) -> (CSVSniff.Encoding, markLength: Int) {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8WithByteOrderMark, 3) }
        if head.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if head.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        if head.contains(0) {
            // ASCII in UTF-16 has a NUL in every other byte, and always on the same side.
            var zeros = (even: 0, odd: 0)
            for (offset, byte) in head.enumerated() where byte == 0 {
                if offset.isMultiple(of: 2) { zeros.even += 1 } else { zeros.odd += 1 }
            }
            let units = head.count / 2
            if zeros.odd * 10 >= units * 7, zeros.even * 20 <= units { return (.utf16LittleEndian, 0) }
            if zeros.even * 10 >= units * 7, zeros.odd * 20 <= units { return (.utf16BigEndian, 0) }
            return (.binary, 0)
        }
        let fault = head.withUnsafeBytes { UTF8Validation.firstFault(in: $0, allowsCutTail: !isWholeFile) }
        return (fault == nil ? .utf8 : .latin1, 0)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed || byte == ASCII.carriageReturn
    }

    /// A brace, or a bracket with what JSON allows behind it: a column may well be called `[id]`.
    private static func isJSON(_ text: [UInt8], _ first: UInt8) -> Bool {
        let rest = text.drop { isBlank($0) }.dropFirst().drop { isBlank($0) }
        switch first {
        case UInt8(ascii: "{"): return rest.first == ASCII.doubleQuote || rest.first == UInt8(ascii: "}")
        case UInt8(ascii: "["): return rest.first == UInt8(ascii: "{") || rest.first == UInt8(ascii: "[")
        default: return false
        }
    }

    private static func newline(of text: [UInt8]) -> CSVSniff.Newline {
        if let end = text.firstIndex(of: ASCII.lineFeed) {
            return end > 0 && text[end - 1] == ASCII.carriageReturn ? .carriageReturnLineFeed : .lineFeed
        }
        return text.contains(ASCII.carriageReturn) ? .carriageReturn : .none
    }
}
