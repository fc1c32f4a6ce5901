/// Whether an issue refuses its record.
package enum IssueSeverity: String, Sendable, Codable {
    case error = "ERROR"
    case warning = "WARNING"
}

/// What is wrong with a record; the `code` of the error report.
package enum IssueCode: String, Sendable, Codable, CaseIterable {
    case requiredMissing = "ROW_REQUIRED_MISSING"
    case columnCount = "ROW_COLUMN_COUNT"
    case tooLong = "ROW_TOO_LONG"
    case quoting = "ROW_QUOTING"
    case notUTF8 = "ROW_NOT_UTF8"
    case lookupUnknown = "ROW_LOOKUP_UNKNOWN"
    case numberFormat = "ROW_NUMBER_FORMAT"
    case booleanFormat = "ROW_BOOLEAN_FORMAT"
    case dateFormat = "ROW_DATE_FORMAT"
    case jsonFormat = "ROW_JSON_FORMAT"
    case coordinateMissing = "ROW_COORDINATE_MISSING"
    case coordinateRange = "ROW_COORDINATE_RANGE"
    case coordinateZero = "ROW_COORDINATE_ZERO"
    case coordinateOutside = "ROW_COORDINATE_OUTSIDE"
    /// On the globe, outside the box, and inside it once latitude and longitude change places.
    case coordinateSwapped = "ROW_COORDINATE_SWAPPED"
    case notInList = "ROW_NOT_IN_LIST"
    case textTooLong = "ROW_TEXT_TOO_LONG"
    case textTooShort = "ROW_TEXT_TOO_SHORT"
    case outOfRange = "ROW_OUT_OF_RANGE"
    case pattern = "ROW_PATTERN"
    case typeMismatch = "ROW_TYPE"
    case comparison = "ROW_COMPARISON"
    case notUnique = "ROW_NOT_UNIQUE"
    case channel = "ROW_CHANNEL"
    case salesModel = "ROW_SALES_MODEL"
    case fulfillment = "ROW_FULFILLMENT"
    case territoryMissing = "ROW_TERRITORY_MISSING"
    case duplicateKey = "ROW_DUPLICATE_KEY"
    case keyExists = "ROW_KEY_EXISTS"
    case referenceUnknown = "ROW_REFERENCE_UNKNOWN"
    case hierarchy = "ROW_HIERARCHY"
    /// Planning owns the column and has something else there, which stays.
    case planningKept = "ROW_PLANNING_KEPT"
    case forbidden = "ERR_AUTH_002"
    /// Nothing was deleted, since of some refused records nobody knows which rows they are.
    case replaceSkipped = "FILE_REPLACE_SKIPPED"
    /// A dry run tells how many rows would be deleted.
    case replaceDeletes = "FILE_REPLACE_DELETES"
    /// It can be read in more than one way: its producer is asked.
    case fileUnsure = "FILE_UNSURE"
    case fileFormat = "ERR_IMPORT_001"
    case fileSchema = "ERR_IMPORT_002"
}

/// One line of the error report.
package struct ImportIssue: Sendable, Codable, Equatable {
    package var severity: IssueSeverity
    package var code: IssueCode
    /// Position of the file in the session.
    package var fileIndex: Int
    /// Zero-based position of the record among the file's data records; -1 for an issue of the whole file.
    package var record: Int
    /// Physical line on which the record begins, 1-based.
    package var line: Int
    /// Source or target column that the issue is about, cut to 200 characters; empty for the whole record.
    package var column: String
    /// The value found, cut to 200 characters.
    package var value: String
    /// What is wrong, in words, cut to 1,000 characters: it may name what a file's own header says.
    package var message: String

    private static let longestText = 200
    private static let longestMessage = 1000

    /// Texts of any length will do: they are cut.
    package init(
        _ severity: IssueSeverity, _ code: IssueCode, fileIndex: Int, record: Int, line: Int, column: String,
        value: String, message: String
    ) {
        self.severity = severity
        self.code = code
        self.fileIndex = fileIndex
        self.record = record
        self.line = line
        self.column = column.cut(to: Self.longestText)
        self.value = value.cut(to: Self.longestText)
        self.message = message.cut(to: Self.longestMessage)
    }
}
