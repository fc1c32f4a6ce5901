import Domain
import Tabular

/// A line of an error report that comes back to be imported: which lines are records, and which are as wrong as they were.
struct ReturnedRecord {
    /// What the files of the entity are called, and those of the others.
    private let files: [GlobPattern]
    private let others: [GlobPattern]
    /// The last file that was asked for, as the lines of one stand together.
    private var last: (name: String, isOurs: Bool)?

    init(files: [GlobPattern], entities: some Sequence<ImportEntity>) {
        self.files = files
        others = Set(entities.flatMap(\.files)).map { GlobPattern($0) }
    }

    /// What a line is.
    enum Kind {
        case record
        /// A record that stands raw, as its fields fit no header.
        case uncorrected
        /// One more issue of a record that stands above, or a record of another entity's file.
        case notOurs
    }

    mutating func kind(of reader: CSVReader) -> Kind {
        let own = ReportFormat.columns.count
        // A line that is no whole one is told of as in any file.
        guard reader.fieldCount > own else { return .record }
        if !isOurs(Self.text(reader, ReportFormat.Position.file)) { return .notOurs }
        guard (own..<reader.fieldCount).allSatisfy(reader.isBlank) else { return .record }
        return reader.isBlank(ReportFormat.Position.raw) ? .notOurs : .uncorrected
    }

    /// Whether a file was the entity's. One out of an archive is chosen for as by `SessionFiles.entity`: by its own name, or by the
    /// archive's where no entity takes that.
    private mutating func isOurs(_ name: String) -> Bool {
        if let last, last.name == name { return last.isOurs }
        let parts = name.split(separator: "/", maxSplits: 1)
        var asked = name
        if parts.count == 2 {
            let member = ZipMember.lastName(of: name)
            asked = others.contains { $0.takes(member) } ? member : String(parts[0])
        }
        let isOurs = files.contains { $0.takes(asked) }
        last = (name, isOurs)
        return isOurs
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
