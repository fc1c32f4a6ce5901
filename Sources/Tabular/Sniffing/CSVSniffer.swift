/// Guesses encoding, dialect and header from the beginning of a file.
public enum CSVSniffer {
    /// More text than this tells nothing new of the dialect.
    private static let dialectBytes = 1 << 18

    /// - Parameters:
    ///   - head: the file's first bytes; 64 KiB are plenty.
    ///   - stated: what is known of the file and not to be guessed.
    ///   - isWholeFile: nothing follows `head`; otherwise its last line is taken to be cut off and not counted.
    ///   - maximumRecordBytes: goes into the dialect.
    public static func sniff(
        _ head: [UInt8], stated: CSVStatement = CSVStatement(), isWholeFile: Bool = false,
        maximumRecordBytes: Int = CSVDialect.defaultMaximumRecordBytes
    ) -> CSVSniff {
        let characters = stated.characters(of: head) ?? detected(head, isWholeFile: isWholeFile)
        if let format = BinaryFormat.name(of: head) { return refused(characters, .binary(format: format)) }
        if characters.encoding == .binary { return refused(characters, .binary(format: nil)) }
        let isWhole = isWholeFile && head.count <= dialectBytes
        var text = decoded(head.dropFirst(characters.markLength).prefix(dialectBytes), characters.encoding)
        if BinaryFormat.isMostlyControls(text) { return refused(characters, .binary(format: nil)) }
        guard let first = text.first(where: { !isBlank($0) }) else { return refused(characters, .empty) }
        if stated.delimiter == nil, first == UInt8(ascii: "<") {
            return refused(characters, .text(format: "HTML or XML"))
        }
        if stated.delimiter == nil, isJSON(text, first) { return refused(characters, .text(format: "JSON")) }

        let lineEnds = LineEnds(text)
        if !isWhole, let end = text.lastIndex(of: lineEnds.terminators[0].byte) { text.removeSubrange((end + 1)...) }
        let choice = DialectChoice(
            text, lineEnds.terminators, stated: stated, maximumRecordBytes: maximumRecordBytes)
        let header = HeaderGuess(text, choice.best)
        return sniffed(characters, lineEnds, choice, header)
    }

    private static func detected(_ head: [UInt8], isWholeFile: Bool) -> EncodingFinding {
        var detector = EncodingDetector()
        detector.feed(head)
        return detector.finding(isComplete: isWholeFile)
    }

    private static func sniffed(
        _ characters: EncodingFinding, _ lineEnds: LineEnds, _ choice: DialectChoice, _ header: HeaderGuess
    ) -> CSVSniff {
        let best = choice.best
        var reasons = [
            "\(best.columnCount) columns, divided by \(best.dialect.delimiterName)", characters.reason, header.reason,
        ]
        if best.preambleLines > 0 { reasons.append("the table begins on line \(best.preambleLines + 1)") }
        reasons += choice.doubts
        if lineEnds.isMixed { reasons.append("the lines do not all end alike") }
        return CSVSniff(
            dialect: best.dialect, runnerUp: choice.runnerUp, characters: characters,
            newline: best.dialect.terminator == .carriageReturn ? .carriageReturn : lineEnds.newline,
            columnCount: best.columnCount, hasHeader: header.hasHeader, preambleLines: best.preambleLines,
            preambleBytes: best.preambleBytes,
            confidence: min(choice.confidence, characters.confidence, header.confidence),
            dialectConfidence: choice.confidence, reasons: reasons, refusal: nil)
    }

    private static func refused(_ characters: EncodingFinding, _ refusal: CSVRefusal) -> CSVSniff {
        CSVSniff(
            dialect: CSVDialect(), runnerUp: nil, characters: characters, newline: .none, columnCount: 0,
            hasHeader: false, preambleLines: 0, preambleBytes: 0, confidence: 0, dialectConfidence: 0,
            reasons: [refusal.message],
            refusal: refusal)
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>, _ encoding: TextEncoding) -> [UInt8] {
        guard let source = encoding.transcodingSource else { return Array(bytes) }
        var transcoder = UTF8Transcoder(from: source)
        return transcoder.feed(Array(bytes))
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
}

/// How the lines of a text end.
private struct LineEnds {
    let newline: CSVSniff.Newline
    /// What may end a record, likeliest first.
    let terminators: [CSVDialect.Terminator]
    let isMixed: Bool

    init(_ text: [UInt8]) {
        var pairs = 0
        var lineFeeds = 0
        var returns = 0
        var last: UInt8 = 0
        for byte in text {
            if byte == ASCII.lineFeed {
                if last == ASCII.carriageReturn { pairs += 1 } else { lineFeeds += 1 }
            } else if last == ASCII.carriageReturn {
                returns += 1
            }
            last = byte
        }
        if last == ASCII.carriageReturn { returns += 1 }
        isMixed = pairs > 0 && lineFeeds > 0
        if pairs + lineFeeds == 0 {
            newline = returns > 0 ? .carriageReturn : .none
            terminators = returns > 0 ? [.carriageReturn] : [.lineFeed]
        } else {
            newline = pairs > lineFeeds ? .carriageReturnLineFeed : .lineFeed
            // Carriage returns may end the records of a text whose few line feeds stand within fields.
            terminators = returns > 2 * (pairs + lineFeeds) ? [.carriageReturn, .lineFeed] : [.lineFeed]
        }
    }
}
