/// What is known of a file, so that it is not guessed.
public struct CSVStatement: Hashable, Sendable {
    /// How the characters are written. The file's own byte order mark is skipped, and tells the byte order of UTF-16.
    public var encoding: TextEncoding?
    /// The byte between two fields.
    public var delimiter: UInt8?
    /// The byte around a field that holds delimiters, quotes or line ends.
    public var quote: UInt8?

    /// - Precondition: delimiter, quote, CR and LF are different bytes.
    public init(encoding: TextEncoding? = nil, delimiter: UInt8? = nil, quote: UInt8? = nil) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
    }

    /// What stands for a detector's finding; nil when no encoding is stated.
    func characters(of head: [UInt8]) -> EncodingFinding? {
        guard let encoding else { return nil }
        let reason = "it was stated to be \(encoding.name)"
        func found(_ encoding: TextEncoding, mark: Int) -> EncodingFinding {
            EncodingFinding(
                encoding: encoding, markLength: mark, confidence: 1, runnerUp: nil, malformedByteCount: 0,
                reason: reason)
        }
        switch encoding {
        case .utf8, .utf8WithByteOrderMark:
            return head.starts(with: [0xEF, 0xBB, 0xBF])
                ? found(.utf8WithByteOrderMark, mark: 3) : found(.utf8, mark: 0)
        case .utf16LittleEndian, .utf16BigEndian:
            if head.starts(with: [0xFF, 0xFE]) { return found(.utf16LittleEndian, mark: 2) }
            if head.starts(with: [0xFE, 0xFF]) { return found(.utf16BigEndian, mark: 2) }
            return found(encoding, mark: 0)
        case .latin1, .windows1252, .codePage437, .binary:
            return found(encoding, mark: 0)
        }
    }

    /// The quote to believe in where nothing speaks for another one.
    func quote(beside delimiter: UInt8) -> UInt8 {
        quote ?? (delimiter == ASCII.doubleQuote ? ASCII.apostrophe : ASCII.doubleQuote)
    }
}
