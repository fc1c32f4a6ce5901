/// How one file's bytes divide into records and fields. `RecordBoundaries` and `CSVReader` agree when they are given
/// equal dialects, so everything that decides where a record ends is in here.
public struct CSVDialect: Hashable, Sendable, Codable {
    /// What ends a record.
    public enum Terminator: String, Hashable, Sendable, Codable {
        /// LF, with any carriage returns straight before it; a carriage return anywhere else is data.
        case lineFeed
        /// CR, for files that hold no LF at all.
        case carriageReturn

        var byte: UInt8 {
            switch self {
            case .lineFeed: ASCII.lineFeed
            case .carriageReturn: ASCII.carriageReturn
            }
        }
    }

    /// One mebibyte.
    public static let defaultMaximumRecordBytes = 1 << 20

    /// The byte between two fields.
    public let delimiter: UInt8
    /// The byte around a field that holds delimiters, quotes or line ends.
    public let quote: UInt8
    /// What ends a record.
    public let terminator: Terminator
    /// Bytes, terminator not counted, beyond which a record is not believed; at least 1.
    public let maximumRecordBytes: Int
    /// Each record counts as one line, whatever line ends its fields hold: what a row of a sheet is.
    public let countsRecords: Bool

    /// - Precondition: delimiter, quote, CR and LF are four different bytes.
    public init(
        delimiter: UInt8 = UInt8(ascii: ","),
        quote: UInt8 = UInt8(ascii: "\""),
        terminator: Terminator = .lineFeed,
        maximumRecordBytes: Int = defaultMaximumRecordBytes,
        countsRecords: Bool = false
    ) {
        let bytes: Set<UInt8> = [delimiter, quote, ASCII.lineFeed, ASCII.carriageReturn]
        precondition(bytes.count == 4, "delimiter and quote must differ from each other and from CR and LF")
        self.delimiter = delimiter
        self.quote = quote
        self.terminator = terminator
        self.countsRecords = countsRecords
        self.maximumRecordBytes = min(max(maximumRecordBytes, 1), 1 << 40)
    }
}
