/// The dialect that makes the best table of some text, the next best, and how far apart they are.
struct DialectChoice {
    let best: DialectFit
    let runnerUp: CSVSniff.Candidate?
    let confidence: Double
    /// What lowers the confidence.
    let doubts: [String]

    /// The delimiters that people use, and how readily each is believed. All but the first four are tried only when they
    /// stand in many lines. Space is last: it stands in prose.
    private static let delimiters: [(byte: UInt8, weight: Double)] = [
        (ASCII.comma, 1), (ASCII.semicolon, 1), (ASCII.tab, 1), (ASCII.pipe, 0.98), (UInt8(ascii: "^"), 0.95),
        (0x1F, 0.95), (0x01, 0.95), (UInt8(ascii: "~"), 0.95), (UInt8(ascii: ":"), 0.8),
    ]
    private static let oddDelimiters = Array("#!&/\\%$@*=`{}?<>".utf8) + [0x02, 0x03, 0x1C, 0x1D, 0x1E]
    private static let oddWeight = 0.6
    private static let spaceWeight = 0.3

    init(
        _ text: [UInt8], _ terminators: [CSVDialect.Terminator], stated: CSVStatement = CSVStatement(),
        maximumRecordBytes: Int
    ) {
        let declared = ExcelSeparatorLine(text).flatMap { $0.delimiter == stated.quote ? nil : $0 }
        if let delimiter = stated.delimiter ?? declared?.delimiter {
            let dialect = CSVDialect(
                delimiter: delimiter, quote: stated.quote(beside: delimiter), terminator: terminators[0],
                maximumRecordBytes: maximumRecordBytes)
            best = DialectFit(text, dialect, weight: 1, skipping: declared?.byteCount ?? 0)
            runnerUp = nil
            confidence = stated.delimiter != nil || best.columnCount > 1 ? 1 : 0.4
            doubts = []
            return
        }
        let usual = Self.usualBytes(text)
        var fits: [DialectFit] = []
        for terminator in terminators {
            for (byte, weight) in Self.candidates(usual) where byte != stated.quote {
                let dialect = { (quote: UInt8) in
                    CSVDialect(
                        delimiter: byte, quote: quote, terminator: terminator, maximumRecordBytes: maximumRecordBytes)
                }
                let plain = DialectFit(text, dialect(stated.quote(beside: byte)), weight: weight)
                fits.append(plain)
                if stated.quote == nil, plain.cellsInApostrophes > 0 {
                    fits.append(DialectFit(text, dialect(ASCII.apostrophe), weight: weight))
                }
            }
        }
        let best = fits.reduce(DialectFit.none) { $0.score >= $1.score ? $0 : $1 }
        let second = fits.filter { $0.score > 0 && !$0.dialect.divides(as: best.dialect) }
            .max { $0.score < $1.score }
        self.best = best
        runnerUp = second.map {
            CSVSniff.Candidate(dialect: $0.dialect, columnCount: $0.columnCount, regularity: $0.share)
        }
        (confidence, doubts) = Self.judge(best, second)
    }

    /// A table is believed as far as its records agree, and as far as no other dialect makes as good a table.
    private static func judge(_ best: DialectFit, _ second: DialectFit?) -> (Double, [String]) {
        guard best.columnCount > 1 else {
            return (
                0.4 * best.share,
                ["no delimiter divides the lines into columns: it is one column, or the delimiter is unusual"]
            )
        }
        var confidence = best.share
        var doubts: [String] = []
        if best.share < 1 {
            let others = Int((1 - best.share) * Double(best.records) + 0.5)
            doubts.append("\(others) of the first \(best.records) records have another number of columns")
        }
        if best.records == 1 {
            confidence *= 0.6
            doubts.append("there is only one record to judge by")
        }
        if let second, second.score > best.score / 2 {
            confidence *= 1.6 - 1.2 * second.score / best.score
            doubts.append("\(second.dialect.delimiterName) makes \(second.columnCount) columns nearly as well")
        }
        if best.cleanShare < 0.5 {
            confidence *= 0.5 + best.cleanShare
            doubts.append("many cells hold what looks like another delimiter")
        }
        if best.dialect.delimiter == ASCII.space {
            confidence = min(confidence, 0.45)
            doubts.append("a space divides words as well as columns")
        }
        return (confidence, doubts)
    }

    private static func candidates(_ usual: Set<UInt8>) -> [(byte: UInt8, weight: Double)] {
        delimiters.prefix(4) + delimiters.dropFirst(4).filter { usual.contains($0.byte) }
            + oddDelimiters.filter(usual.contains).map { ($0, oddWeight) }
            + (usual.contains(ASCII.space) ? [(ASCII.space, spaceWeight)] : [])
    }

    /// The bytes that stand in at least a third of the first lines.
    private static func usualBytes(_ text: [UInt8]) -> Set<UInt8> {
        var linesHolding = [Int](repeating: 0, count: 256)
        var lines = 0
        for line in text.split(maxSplits: 200, whereSeparator: { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn })
            .prefix(200)
        {
            lines += 1
            for byte in Set(line.prefix(4096)) { linesHolding[Int(byte)] += 1 }
        }
        return Set((0...127).filter { linesHolding[Int($0)] * 3 >= max(lines, 1) && linesHolding[Int($0)] > 0 })
    }
}

/// Excel's own way to say which delimiter follows: a first line `sep=;`.
public struct ExcelSeparatorLine: Sendable {
    let delimiter: UInt8
    /// Bytes up to what stands below it.
    public let byteCount: Int

    /// - Parameter text: a file's beginning, without a byte order mark; nil when it has no such line.
    public init?(_ text: [UInt8]) {
        guard text.count > 5, text.starts(with: Array("sep=".utf8)) || text.starts(with: Array("SEP=".utf8)) else {
            return nil
        }
        var end = 5
        while end < text.count, text[end] == ASCII.carriageReturn || text[end] == ASCII.lineFeed { end += 1 }
        let reserved = [ASCII.carriageReturn, ASCII.lineFeed, ASCII.doubleQuote]
        guard end > 5, text[4] < 0x80, !reserved.contains(text[4]) else { return nil }
        delimiter = text[4]
        byteCount = end
    }
}

extension CSVDialect {
    /// Whether the other finds the same columns, quoting aside.
    fileprivate func divides(as other: CSVDialect) -> Bool {
        delimiter == other.delimiter && terminator == other.terminator
    }

    /// The delimiter in words.
    public var delimiterName: String {
        switch delimiter {
        case ASCII.comma: "commas"
        case ASCII.semicolon: "semicolons"
        case ASCII.tab: "tabs"
        case ASCII.pipe: "vertical bars"
        case ASCII.space: "spaces"
        case UInt8(ascii: ":"): "colons"
        case 0..<ASCII.space: "control characters (\(delimiter))"
        default: "\"\(Character(Unicode.Scalar(delimiter)))\""
        }
    }
}
