import Domain

/// The issues of one chunk as bytes: JSON of as many took seconds.
enum StagedIssues {
    /// The bytes of the object.
    static func encoded(_ issues: [ImportIssue]) -> [UInt8] {
        var writer = ByteWriter()
        for issue in issues {
            writer.number(issue.severity == .error ? 1 : 0 as UInt8)
            writer.text(issue.code.rawValue)
            writer.number(UInt32(clamping: issue.fileIndex))
            writer.number(Int64(issue.record))
            writer.number(Int64(issue.line))
            writer.text(issue.column)
            writer.text(issue.value)
            writer.text(issue.message)
        }
        return writer.bytes
    }

    /// Reads the bytes of the object.
    static func read(_ bytes: [UInt8]) throws(StagedDataError) -> [ImportIssue] {
        var reader = ByteReader(bytes)
        var issues: [ImportIssue] = []
        while !reader.isAtEnd {
            let severity = try reader.number(UInt8.self)
            guard severity <= 1, let code = IssueCode(rawValue: try reader.text()) else { throw StagedDataError() }
            let file = Int(try reader.number(UInt32.self))
            let record = Int(try reader.number(Int64.self))
            let line = Int(try reader.number(Int64.self))
            issues.append(
                ImportIssue(
                    severity == 1 ? .error : .warning, code, fileIndex: file, record: record, line: line,
                    column: try reader.text(), value: try reader.text(), message: try reader.text()))
        }
        return issues
    }
}
