import Domain
import Tabular

/// How a file's text divides into characters, records and fields, and how sure that is.
struct TextForm: Sendable {
    /// More of a file's beginning says nothing new of its header.
    private static let headBytes = 1 << 18

    private(set) var characters: EncodingFinding
    let dialect: CSVDialect
    /// What stands above the header, a byte order mark aside: bytes in UTF-8, and lines.
    let skippedBytes: Int
    let skippedLines: Int
    /// Whether the first record names the columns.
    let hasHeader: Bool
    private let headerLine: Int
    private let dialectConfidence: Double
    private let reasons: [String]

    /// Finds it out, save for what is stated. The schema's columns count as well: a dialect in which the header names them is
    /// the right one, however ragged the records.
    /// - Parameters:
    ///   - head: the text's first bytes.
    ///   - isSheet: the text is a workbook's sheet, each record of which is a row.
    /// - Throws: `FileRefusal` when it is no table, or when its producer has to say how it divides.
    init(
        _ head: [UInt8], isWhole: Bool, stated: CSVStatement, isSheet: Bool, entity: ImportEntity
    ) throws(FileRefusal) {
        let sniff = CSVSniffer.sniff(head, stated: stated, isWholeFile: isWhole)
        if let refusal = sniff.refusal { throw FileRefusal(refusal.message) }
        characters = sniff.characters
        dialect = CSVDialect(
            delimiter: sniff.dialect.delimiter, quote: sniff.dialect.quote, terminator: sniff.dialect.terminator,
            maximumRecordBytes: sniff.dialect.maximumRecordBytes, countsRecords: isSheet)
        let text = Self.text(head.prefix(Self.headBytes), sniff.characters)
        let expected = Set(entity.fieldMappings.flatMap(\.sources))
        var header = Header(text, dialect, from: sniff.preambleBytes, expected)
        var skipped = sniff.preambleBytes
        let columns = entity.columns
        let separatorLine = ExcelSeparatorLine(text)?.byteCount ?? 0
        hasHeader = columns == nil || Header(text, dialect, from: separatorLine, []).isOfReport
        if columns != nil {
            // What looks like titles above a header are records where there is none.
            (header, skipped) = (Header(text, dialect, from: separatorLine, expected), separatorLine)
        } else if skipped > 0 {
            // What looks like a title may be the header after all.
            let first = Header(text, dialect, from: 0, expected)
            if first.known > header.known { (header, skipped) = (first, 0) }
        }
        skippedBytes = skipped
        skippedLines = skipped == 0 ? 0 : Header.lines(above: skipped, text, dialect)
        headerLine = hasHeader ? skippedLines + header.line : 0
        let fits = !hasHeader && header.fields == columns?.count
        let isNamed = !expected.isEmpty && header.known == expected.count || fits
        dialectConfidence = isNamed || stated.delimiter != nil ? 1 : sniff.dialectConfidence
        reasons =
            sniff.reasons
            + (fits
                ? ["it has as many columns as the schema names"]
                : isNamed ? ["its header names the schema's columns"] : [])
        if dialectConfidence <= CSVSniff.leastConfidence, header.known == 0 {
            throw .askingForDelimiter(sniff)
        }
    }

    /// Whether another encoding is as likely.
    var isEncodingUnsure: Bool {
        characters.confidence <= CSVSniff.leastConfidence && characters.runnerUp != nil
    }

    /// Whether the text has to be written anew to be UTF-8.
    var isOtherThanUTF8: Bool { characters.encoding.transcodingSource != nil }

    /// The same, after a closer look at the characters.
    func with(_ characters: EncodingFinding) -> TextForm {
        var form = self
        form.characters = characters
        return form
    }

    /// What the session tells of it.
    func reading(container: String?, member: String?) -> FileReading {
        FileReading(
            container: container, member: member, encoding: characters.encoding.word ?? "",
            delimiter: StatedFormat.name(of: dialect.delimiter), quote: StatedFormat.name(of: dialect.quote),
            headerLine: headerLine,
            confidence: (min(dialectConfidence, characters.confidence) * 1000).rounded() / 1000,
            reasons: container == "xlsx" ? ["a workbook's sheet"] : reasons)
    }

    private static func text(_ head: ArraySlice<UInt8>, _ characters: EncodingFinding) -> [UInt8] {
        let bytes = Array(head.dropFirst(characters.markLength))
        guard let source = characters.encoding.transcodingSource else { return bytes }
        var transcoder = UTF8Transcoder(from: source)
        return transcoder.feed(bytes)
    }
}

/// The first record of a text.
private struct Header {
    /// The line on which it stands, counted from where reading began.
    let line: Int
    /// How many of the expected columns it names.
    let known: Int
    let fields: Int
    /// Whether it is that of an error report.
    let isOfReport: Bool

    init(_ text: [UInt8], _ dialect: CSVDialect, from start: Int, _ expected: Set<String>) {
        var reader = CSVReader(text, range: min(start, text.count)..<text.count, dialect: dialect)
        guard reader.next() else {
            (line, known, fields, isOfReport) = (1, 0, 0, false)
            return
        }
        let names = (0..<reader.fieldCount).map { reader.fieldString($0).trimming { $0.isWhitespace } }
        line = reader.line
        fields = names.count
        isOfReport = ReportFormat.isReport(names)
        known = expected.count(where: Set(names).contains)
    }

    /// How many lines stand above an offset.
    static func lines(above offset: Int, _ text: [UInt8], _ dialect: CSVDialect) -> Int {
        var reader = CSVReader(text, dialect: dialect)
        while reader.next() {
            if reader.byteRange.lowerBound >= offset { return reader.line - 1 }
        }
        return 0
    }
}
