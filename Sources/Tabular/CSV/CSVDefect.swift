/// What is wrong with a record, as far as its bytes tell.
public enum CSVDefect: String, Hashable, Sendable, Codable {
    /// A quote opens a field and nothing believable closes it: the record is its first line, its last field the rest of
    /// it.
    case unclosedQuote
    /// Text follows a closing quote before the delimiter. The field is the quoted part and that text, one after the
    /// other.
    case textAfterClosingQuote
    /// The line is longer than the dialect's `maximumRecordBytes`. The record has no fields.
    case overlongLine

    /// A sentence for the person who sent the file.
    public var message: String {
        switch self {
        case .unclosedQuote: "a quotation mark opens a field and is never closed"
        case .textAfterClosingQuote: "text stands between a closing quotation mark and the next delimiter"
        case .overlongLine: "the line is longer than a record may be"
        }
    }
}
