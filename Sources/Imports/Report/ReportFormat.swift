import Domain

/// The columns that an error report puts before those of the records themselves. A file whose header begins with them is
/// a report that comes back, corrected; see docs/reports.md.
enum ReportFormat {
    /// The report's own columns, in order. `raw` holds a record whose fields fit no header, as it stood in its file.
    static let columns = ["file", "line", "record", "column", "value", "severity", "code", "message", "raw"]

    /// Positions among `columns`.
    enum Position {
        static let file = 0
        static let value = 4
        static let code = 6
        static let raw = 8
    }

    /// Whether a file with this header is a report.
    static func isReport(_ header: [String]) -> Bool { header.starts(with: columns) }

    /// The header as mappings look at it: the report's own columns under names that no record has.
    static func masked(_ header: [String]) -> [String] {
        columns.map { "report:\($0)" } + header.dropFirst(columns.count)
    }

    /// A value of a record that begins with an apostrophe, as the report writes it. The report's writer puts one before what a
    /// spreadsheet would run; one that was there already is doubled, so that `restored` cannot mistake it.
    static func guarded(_ value: UnsafeRawBufferPointer) -> [UInt8] { [apostrophe] + value }

    /// The value that `guarded` and the writer's own guard made this of.
    static func restored(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard value.count > 1, value[0] == apostrophe, guardedStarts.contains(value[1]) else { return value }
        return UnsafeRawBufferPointer(rebasing: value[1...])
    }

    static let apostrophe = UInt8(ascii: "'")
    private static let guardedStarts: [UInt8] = Array("'=@+-\t\r".utf8)
}
