import Domain
import Tabular

/// A line of an error report that comes back to be imported: which lines are records, and which are as wrong as they were.
struct ReturnedRecord {
    /// What the files of the entity are called.
    let files: [GlobPattern]

    /// What a line is.
    enum Kind {
        case record
        /// A record that stands raw, as its fields fit no header.
        case uncorrected
        /// One more issue of a record that stands above, or a record of another entity's file.
        case notOurs
    }

    func kind(of reader: CSVReader) -> Kind {
        let own = ReportFormat.columns.count
        // A line that is no whole one is told of as in any file.
        guard reader.fieldCount > own else { return .record }
        if !files.contains(where: { $0.takes(Self.text(reader, ReportFormat.Position.file)) }) { return .notOurs }
        guard (own..<reader.fieldCount).allSatisfy(reader.isBlank) else { return .record }
        return reader.isBlank(ReportFormat.Position.raw) ? .notOurs : .uncorrected
    }

    /// Refuses a record whose columns were not filled in.
    func refuseUncorrected(_ reader: CSVReader, _ mapper: inout RecordMapper) {
        mapper.refuse(
            reader, .columnCount, "raw", Self.text(reader, ReportFormat.Position.raw),
            "the record was not corrected: fill in its columns from what raw holds")
    }

    /// Refuses a record that has lost its key and was given no other: the winner is in the catalog now, and would be
    /// overwritten.
    func refuseLoser(_ reader: CSVReader, _ mapper: inout RecordMapper, _ row: borrowing RowBytes) {
        guard !mapper.isRefused, let place = mapper.cells[0].text,
            Self.text(reader, ReportFormat.Position.code) == IssueCode.duplicateKey.rawValue
        else { return }
        let key = row[place].text
        guard key.utf8.elementsEqual(Self.text(reader, ReportFormat.Position.value).utf8) else { return }
        mapper.refuse(
            reader, .duplicateKey, mapper.plan.table.primaryKey, key,
            "another record with this key has won: give it a key of its own, or leave the line out")
    }

    private static func text(_ reader: CSVReader, _ field: Int) -> String {
        reader.withField(field) { ReportFormat.restored($0).text }
    }
}
