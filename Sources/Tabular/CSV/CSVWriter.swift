/// Writes rows as RFC 4180 bytes.
///
/// Bytes gather in `bytes`; a caller that streams takes them with `takeBytes()` whenever they are many.
public struct CSVWriter: Sendable {
    /// What is written after each row.
    public enum LineEnding: Hashable, Sendable {
        case lineFeed
        case carriageReturnLineFeed
    }

    /// What has been written and not yet been taken.
    public private(set) var bytes: [UInt8] = []

    private let delimiter: UInt8
    private let quote: UInt8
    private let lineEnding: LineEnding
    private let guardsFormulas: Bool
    private var rowHoldsFields = false
    /// The row is one empty field so far, which would read back as an empty line.
    private var rowIsBlank = false

    /// - Parameter guardsFormulas: put an apostrophe before cells that a spreadsheet would run as a formula: those that
    ///   begin with `=`, `+`, `-`, `@`, TAB or CR and are not plain numbers. Such cells do not read back equal.
    public init(dialect: CSVDialect = CSVDialect(), lineEnding: LineEnding = .lineFeed, guardsFormulas: Bool = false) {
        delimiter = dialect.delimiter
        quote = dialect.quote
        self.lineEnding = lineEnding
        self.guardsFormulas = guardsFormulas
    }

    /// Writes one row.
    public mutating func row(_ fields: [String]) {
        for text in fields { field(text) }
        endRow()
    }

    /// Writes the row's next field.
    public mutating func field(_ text: String) {
        var text = text
        text.withUTF8 { field(UnsafeRawBufferPointer($0)) }
    }

    /// Writes the row's next field.
    public mutating func field(_ value: [UInt8]) {
        value.withUnsafeBytes { field($0) }
    }

    /// Writes the row's next field.
    public mutating func field(_ value: UnsafeRawBufferPointer) {
        if rowHoldsFields { bytes.append(delimiter) }
        rowIsBlank = !rowHoldsFields && value.isEmpty
        rowHoldsFields = true
        let isGuarded = guardsFormulas && Self.startsFormula(value)
        if needsQuotes(value) {
            bytes.append(quote)
            if isGuarded { bytes.append(ASCII.apostrophe) }
            for byte in value {
                if byte == quote { bytes.append(quote) }
                bytes.append(byte)
            }
            bytes.append(quote)
        } else {
            if isGuarded { bytes.append(ASCII.apostrophe) }
            bytes.append(contentsOf: value)
        }
    }

    /// Writes a whole number as the row's next field.
    public mutating func field(_ number: Int) {
        if rowHoldsFields { bytes.append(delimiter) }
        (rowHoldsFields, rowIsBlank) = (true, false)
        guard number > 0 else { return bytes.append(contentsOf: String(number).utf8) }
        let first = bytes.count
        var rest = number
        while rest > 0 {
            bytes.append(ASCII.zero + UInt8(rest % 10))
            rest /= 10
        }
        bytes[first...].reverse()
    }

    /// Writes several empty fields.
    public mutating func emptyFields(_ count: Int) {
        guard count > 0 else { return }
        field([])
        bytes.append(contentsOf: repeatElement(delimiter, count: count - 1))
        if count > 1 { rowIsBlank = false }
    }

    /// Writes fields as they are, which must be as this writer would write them: `takesAsIs` says whether a record is.
    public mutating func fields(asTheyAre record: UnsafeRawBufferPointer) {
        if rowHoldsFields { bytes.append(delimiter) }
        rowIsBlank = !rowHoldsFields && record.isEmpty
        rowHoldsFields = true
        bytes.append(contentsOf: record)
    }

    /// Whether the bytes of a reader's current record are those that this writer would write of its fields.
    public func takesAsIs(_ reader: CSVReader) -> Bool {
        guard reader.dialect.delimiter == delimiter, reader.dialect.quote == quote, reader.defect == nil else {
            return false
        }
        return reader.bytes.withUnsafeBytes { bytes in
            // Fields, their quotes and the delimiters between them.
            var count = reader.fieldCount - 1
            for field in 0..<reader.fieldCount {
                let range = reader.field(field)
                let value = UnsafeRawBufferPointer(rebasing: bytes[range])
                let isQuoted = range.lowerBound > reader.byteRange.lowerBound && bytes[range.lowerBound - 1] == quote
                guard !reader.needsUnescape(field), needsQuotes(value) == isQuoted else { return false }
                if guardsFormulas, Self.startsFormula(value) { return false }
                count += value.count + (isQuoted ? 2 : 0)
            }
            return count == reader.byteRange.count
        }
    }

    /// Ends the row. A row without fields is written as one empty field.
    public mutating func endRow() {
        if !rowHoldsFields || rowIsBlank {
            bytes.append(quote)
            bytes.append(quote)
        }
        if lineEnding == .carriageReturnLineFeed { bytes.append(ASCII.carriageReturn) }
        bytes.append(ASCII.lineFeed)
        rowHoldsFields = false
        rowIsBlank = false
    }

    /// Writes lines that hold nothing at all, which readers count and skip.
    mutating func blankLines(_ count: Int) {
        for _ in 0..<count {
            if lineEnding == .carriageReturnLineFeed { bytes.append(ASCII.carriageReturn) }
            bytes.append(ASCII.lineFeed)
        }
    }

    /// Hands out what has been written since the last call.
    public mutating func takeBytes() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Whether a spreadsheet would run the cell.
    static func startsFormula(_ value: UnsafeRawBufferPointer) -> Bool {
        switch value.first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), ASCII.tab, ASCII.carriageReturn: true
        case ASCII.plus, ASCII.minus: FieldParser.double(value) == nil
        default: false
        }
    }

    /// Eight bytes a step: a byte is zero in the word that comes of the exclusive or with what is looked for (Mycroft 1987).
    private func needsQuotes(_ value: UnsafeRawBufferPointer) -> Bool {
        let wanted = (delimiter, quote, ASCII.lineFeed, ASCII.carriageReturn)
        var position = 0
        while position + 8 <= value.count {
            let word = value.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let found =
                Self.zeros(word, wanted.0) | Self.zeros(word, wanted.1) | Self.zeros(word, wanted.2)
                | Self.zeros(word, wanted.3)
            if found != 0 { return true }
            position += 8
        }
        while position < value.count {
            let byte = value[position]
            if byte == wanted.0 || byte == wanted.1 || byte == wanted.2 || byte == wanted.3 { return true }
            position += 1
        }
        return false
    }

    @inline(__always)
    private static func zeros(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let differs = word ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        return (differs &- 0x0101_0101_0101_0101) & ~differs & 0x8080_8080_8080_8080
    }
}
