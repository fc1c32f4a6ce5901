/// How a file is to be read, as its producer states it. What is nil is found out.
package struct FileFormat: Sendable, Codable, Equatable {
    /// A name such as `windows-1252`.
    package var encoding: String?
    /// One character, or its name: `tab`.
    package var delimiter: String?
    /// One character.
    package var quote: String?
    /// The name of a workbook's sheet.
    package var sheet: String?

    package init(encoding: String? = nil, delimiter: String? = nil, quote: String? = nil, sheet: String? = nil) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self.sheet = sheet
    }

    /// What is stated, in the order of the properties; nothing when nothing is.
    package var words: [String] {
        let all = [encoding, delimiter, quote, sheet]
        return all.allSatisfy { $0 == nil } ? [] : all.map { $0 ?? "" }
    }
}

/// How a file was read.
package struct FileReading: Sendable, Codable, Equatable {
    /// What it was packed in: `gzip`, `zip`, `xlsx`; nil for a bare text.
    package var container: String?
    /// The archive's member, or the workbook's sheet.
    package var member: String?
    /// A name such as `windows-1252`.
    package var encoding: String
    package var delimiter: String
    package var quote: String
    /// Line of the header, 1-based; 0 for a file without one.
    package var headerLine: Int
    /// 0 to 1: how sure that is, what was stated aside.
    package var confidence: Double
    /// Why, in sentences for the person who sent the file.
    package var reasons: [String]

    package init(
        container: String?, member: String?, encoding: String, delimiter: String, quote: String, headerLine: Int,
        confidence: Double, reasons: [String]
    ) {
        self.container = container
        self.member = member
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self.headerLine = headerLine
        self.confidence = confidence
        self.reasons = reasons
    }
}
