/// Reads the records of one contiguous run of bytes, without allocating per record or field.
///
/// ```swift
/// var reader = CSVReader(bytes, dialect: sniff.dialect, firstLine: chunk.firstLine, firstRecord: chunk.firstRecord)
/// while reader.next() {
///     let name = reader.fieldString(0)
/// }
/// ```
///
/// Empty lines are skipped but counted as lines. The last record may lack its terminator. NUL is data. Where records
/// end, and what becomes of quotes that are never closed, is described at `RecordScanner`. The accessors in
/// `CSVReader+Fields.swift` speak of the current record; before the first `next()` there is none and they read as
/// empty.
public struct CSVReader: Sendable {
    /// A field's place in `bytes`. `end` is stored as its complement when the field must be unescaped.
    struct Span {
        let start: Int
        private let codedEnd: Int

        @inline(__always)
        init(_ start: Int, _ end: Int, needsUnescape: Bool) {
            self.start = start
            codedEnd = needsUnescape ? ~end : end
        }

        var needsUnescape: Bool { codedEnd < 0 }
        var end: Int { codedEnd < 0 ? ~codedEnd : codedEnd }
        var range: Range<Int> { start..<end }
    }

    /// The bytes that offsets in this reader count from.
    public let bytes: [UInt8]
    /// How they divide into records and fields.
    public let dialect: CSVDialect
    /// The physical line, counted from 1, on which the current record starts.
    public private(set) var line: Int
    /// The physical lines that the current record spans.
    public private(set) var lineCount = 0
    /// The current record's index.
    public private(set) var recordIndex: Int
    /// The current record in `bytes`, as it stands there, without terminator. Add the chunk's `byteOffset` for
    /// its place in the file.
    public private(set) var byteRange = 0..<0
    /// What is wrong with the current record; nil for almost all.
    public private(set) var defect: CSVDefect?

    private(set) var spans: [Span] = []
    private var scanner: RecordScanner
    private var position: Int
    private let end: Int
    private var nextLine: Int

    /// - Parameters:
    ///   - range: what to read of `bytes`; all of them when nil. It must start where a record starts.
    ///   - firstLine: the physical line of the first byte.
    ///   - firstRecord: the index of the first record.
    public init(
        _ bytes: [UInt8], range: Range<Int>? = nil, dialect: CSVDialect = CSVDialect(), firstLine: Int = 1,
        firstRecord: Int = 0
    ) {
        let range = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        self.bytes = bytes
        self.dialect = dialect
        line = firstLine
        nextLine = firstLine
        recordIndex = firstRecord - 1
        position = range.lowerBound
        end = range.upperBound
        scanner = RecordScanner(dialect)
        spans.reserveCapacity(64)
    }

    /// Copies `bytes`, which need not outlive the call.
    public init(
        _ bytes: UnsafeRawBufferPointer, dialect: CSVDialect = CSVDialect(), firstLine: Int = 1, firstRecord: Int = 0
    ) {
        self.init([UInt8](bytes), dialect: dialect, firstLine: firstLine, firstRecord: firstRecord)
    }

    /// Goes to the next record; false when there is none.
    public mutating func next() -> Bool { next(from: .min) }

    /// Goes to the next record with at least this index, without dividing those before it into fields; false when there is
    /// none.
    public mutating func next(from index: Int) -> Bool {
        // SAFETY: `position` and `end` were clamped to the array, and the pointer is good for the length of the
        // closure.
        let bytes = self.bytes
        return bytes.withUnsafeBufferPointer { storage in
            guard let base = storage.baseAddress else { return false }
            return next(base, from: index)
        }
    }

    private mutating func next(_ base: UnsafePointer<UInt8>, from index: Int) -> Bool {
        while position < end {
            let start = position
            line = nextLine
            switch scanner.scan(base, count: end, from: start, isFinal: true) {
            case .record(let extent):
                position = extent.next
                nextLine += extent.lineCount
                let contentEnd = trimmedEnd(base, from: start, to: extent.end)
                if contentEnd == start { continue }
                if passes(before: index) { continue }
                begin(start..<contentEnd, lineCount: extent.lineCount)
                if extent.holdsQuotes {
                    splitQuoted(base, from: start, to: contentEnd)
                } else {
                    splitPlain(base, from: start, to: contentEnd)
                }
                return true
            case .overlongLine:
                let lineEnd = base.firstOffset(of: dialect.terminator.byte, from: start, to: end)
                position = min(lineEnd + 1, end)
                nextLine += 1
                if passes(before: index) { continue }
                begin(start..<lineEnd, lineCount: 1)
                defect = .overlongLine
                return true
            case .needsMore:
                return false
            }
        }
        spans.removeAll(keepingCapacity: true)
        return false
    }

    /// Counts a record that lies before the one that is wanted.
    private mutating func passes(before index: Int) -> Bool {
        guard recordIndex + 1 < index else { return false }
        recordIndex += 1
        return true
    }

    private mutating func begin(_ range: Range<Int>, lineCount: Int) {
        byteRange = range
        recordIndex += 1
        self.lineCount = lineCount
        defect = nil
        spans.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private func trimmedEnd(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        guard dialect.terminator == .lineFeed else { return end }
        var end = end
        while end > start, base[end - 1] == ASCII.carriageReturn { end -= 1 }
        return end
    }

    private mutating func splitPlain(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) {
        let delimiter = dialect.delimiter
        var fieldStart = start
        while true {
            let fieldEnd = base.firstOffset(of: delimiter, from: fieldStart, to: end)
            spans.append(Span(fieldStart, fieldEnd, needsUnescape: false))
            if fieldEnd == end { return }
            fieldStart = fieldEnd + 1
        }
    }

    private mutating func splitQuoted(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) {
        let delimiter = dialect.delimiter
        let quote = dialect.quote
        var fieldStart = start
        while true {
            var fieldEnd: Int
            if fieldStart < end, base[fieldStart] == quote {
                fieldEnd = appendQuoted(base, from: fieldStart, to: end)
            } else {
                fieldEnd = base.firstOffset(of: delimiter, from: fieldStart, to: end)
                spans.append(Span(fieldStart, fieldEnd, needsUnescape: false))
            }
            if fieldEnd == end { return }
            fieldStart = fieldEnd + 1
        }
    }

    /// Appends the field whose opening quote is at `start`; returns the offset of the delimiter after it, or `end`.
    private mutating func appendQuoted(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        let quote = dialect.quote
        var holdsDoubled = false
        var closing = base.firstOffset(of: quote, from: start + 1, to: end)
        while closing + 1 < end, base[closing + 1] == quote {
            holdsDoubled = true
            closing = base.firstOffset(of: quote, from: closing + 2, to: end)
        }
        if closing == end {
            defect = .unclosedQuote
            spans.append(Span(start, end, needsUnescape: true))
            return end
        }
        if closing + 1 == end || base[closing + 1] == dialect.delimiter {
            if holdsDoubled {
                spans.append(Span(start, closing + 1, needsUnescape: true))
            } else {
                spans.append(Span(start + 1, closing, needsUnescape: false))
            }
            return closing + 1
        }
        if defect == nil { defect = .textAfterClosingQuote }
        let fieldEnd = base.firstOffset(of: dialect.delimiter, from: closing + 1, to: end)
        spans.append(Span(start, fieldEnd, needsUnescape: true))
        return fieldEnd
    }
}
