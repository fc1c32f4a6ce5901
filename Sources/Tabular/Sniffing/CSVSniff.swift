/// What the beginning of a file looks like.
public struct CSVSniff: Hashable, Sendable {
    /// How the file's characters are written.
    public typealias Encoding = TextEncoding

    /// How the file's lines end.
    public enum Newline: String, Hashable, Sendable, Codable {
        case lineFeed
        case carriageReturnLineFeed
        case carriageReturn
        /// There is only one line.
        case none
    }

    /// A dialect that was considered.
    public struct Candidate: Hashable, Sendable, Codable {
        /// How to read the file.
        public let dialect: CSVDialect
        /// How many fields most records then have.
        public let columnCount: Int
        /// 0 to 1: what share of the records have as many.
        public let regularity: Double
    }

    /// At this confidence and below, ask instead of guessing: at a half, two readings are as likely.
    public static let leastConfidence = 0.5

    /// The dialect to read the file with, once it is UTF-8.
    public let dialect: CSVDialect
    /// The next best dialect with another delimiter or line end: what to offer when asking. Nil when none makes a table.
    public let runnerUp: Candidate?
    /// How the characters are written, and how sure that is.
    public let characters: EncodingFinding
    /// How the lines end.
    public let newline: Newline
    /// How many fields most records have.
    public let columnCount: Int
    /// Whether the table's first record names the columns.
    public let hasHeader: Bool
    /// Lines before the table: a title, a date, blank ones, Excel's `sep=;`.
    public let preambleLines: Int
    /// Bytes before the table's first record, in UTF-8 and without a byte order mark.
    public let preambleBytes: Int
    /// 0 to 1: how sure all of this is. It is that of the least sure part (characters, dialect, header), since one wrong
    /// part spoils the whole.
    public let confidence: Double
    /// 0 to 1: how sure the dialect alone is.
    public let dialectConfidence: Double
    /// Why, in sentences for the person who sent the file: first what was found, then each cause of doubt.
    public let reasons: [String]
    /// Why this is certainly not a CSV file; nil when it may be one.
    public let refusal: CSVRefusal?

    /// How the characters are written.
    public var encoding: TextEncoding { characters.encoding }
    /// Bytes at the start that belong to no record.
    public var byteOrderMarkLength: Int { characters.markLength }
    /// Whether the confidence is too low to go on without asking.
    public var mustAsk: Bool { confidence <= Self.leastConfidence }
    /// What to turn into UTF-8 before reading; nil for UTF-8 and for what is no text.
    public var transcodingSource: UTF8Transcoder.Source? { encoding.transcodingSource }
}
