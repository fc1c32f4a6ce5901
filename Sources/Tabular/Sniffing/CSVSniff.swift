/// What the beginning of a file looks like.
public struct CSVSniff: Hashable, Sendable {
    /// How the file's characters are written.
    public enum Encoding: String, Hashable, Sendable, Codable {
        case utf8
        /// UTF-8 behind a byte order mark.
        case utf8WithByteOrderMark
        case utf16LittleEndian
        case utf16BigEndian
        /// Text that is not UTF-8: one byte per character, most likely Windows-1252.
        case latin1
        /// Not text.
        case binary
    }

    /// How the file's lines end.
    public enum Newline: String, Hashable, Sendable, Codable {
        case lineFeed
        case carriageReturnLineFeed
        case carriageReturn
        /// There is only one line.
        case none
    }

    /// The dialect to read the file with, once it is UTF-8.
    public let dialect: CSVDialect
    /// How the characters are written.
    public let encoding: Encoding
    /// Bytes at the start that belong to no record.
    public let byteOrderMarkLength: Int
    /// How the lines end.
    public let newline: Newline
    /// How many fields most records have.
    public let columnCount: Int
    /// 0 to 1: how sure this is a table of that dialect. Below a half, ask.
    public let confidence: Double
    /// Why this is certainly not a CSV file; nil when it may be one.
    public let refusal: CSVRefusal?

    /// What to turn into UTF-8 before reading; nil for UTF-8 and for what is no text.
    public var transcodingSource: UTF8Transcoder.Source? {
        switch encoding {
        case .latin1: .latin1
        case .utf16LittleEndian: .utf16LittleEndian
        case .utf16BigEndian: .utf16BigEndian
        case .utf8, .utf8WithByteOrderMark, .binary: nil
        }
    }
}
