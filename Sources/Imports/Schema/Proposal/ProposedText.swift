import Domain
import Tabular

/// The columns of a text that nobody has mapped yet, from its beginning.
struct ProposedText {
    private static let recordsRead = 5_000

    /// What each column with a name holds.
    let shapes: [ColumnShape]
    /// Names of all columns: the header's, or numbered ones where there is none.
    let columns: [String]
    let hasHeader: Bool

    /// - Throws: `RequestError` when it is no table, or when its producer has to say how it divides.
    init(_ fileName: String, _ head: [UInt8], stated: CSVStatement, isWhole: Bool) throws(RequestError) {
        let sniff = CSVSniffer.sniff(head, stated: stated, isWholeFile: isWhole)
        if let refusal = sniff.refusal { throw RequestError(.invalidFileFormat, "\(fileName): \(refusal.message).") }
        var text = Array(head.dropFirst(sniff.byteOrderMarkLength))
        if let source = sniff.transcodingSource {
            var transcoder = UTF8Transcoder(from: source)
            text = transcoder.feed(text) + transcoder.finish()
        }
        let table = min(sniff.preambleBytes, text.count)..<text.count
        var reader = CSVReader(text, range: table, dialect: sniff.dialect, firstRecord: -1)
        guard reader.next() else { throw RequestError(.invalidFileFormat, "\(fileName) has no header.") }
        let first = (0..<reader.fieldCount).map { reader.fieldString($0).trimming { $0.isWhitespace } }
        hasHeader = sniff.hasHeader || first.contains(where: Self.isName)
        columns = hasHeader ? first : first.indices.map { "column\($0 + 1)" }
        var shapes = columns.map { ColumnShape(header: $0) }
        if !hasHeader { for field in shapes.indices { shapes[field].add(first[field]) } }
        while reader.recordIndex < Self.recordsRead, reader.next() {
            guard reader.fieldCount == shapes.count else { continue }
            for field in shapes.indices { shapes[field].add(reader.fieldString(field).trimming { $0.isWhitespace }) }
        }
        self.shapes = shapes.filter { !$0.header.isEmpty }
    }

    /// Whether a text is what a column of some table may be called.
    private static func isName(_ text: String) -> Bool {
        EntityTable.allCases.contains { table in
            table.columns.contains { ColumnNames.likeness(text, $0.name, of: table) >= 0.8 }
        }
    }
}
