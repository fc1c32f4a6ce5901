/// Finds where records end. `RecordBoundaries` and `CSVReader` both ask this one machine, so they cannot disagree.
///
/// A quote opens a field only at the field's start; inside, a doubled quote is a literal one. A record is not believed
/// when
/// - a quoted field holds a line end, and its closing quote is followed by anything but a delimiter or a terminator, or
/// - it is longer than `maximumRecordBytes`, or
/// - the file ends inside a quoted field that holds a line end.
///
/// Such a record most likely began with a stray quote. It is then its first line alone (which the reader marks
/// `.unclosedQuote`), and every record that starts among the bytes already looked at (`lineBoundUntil`) ends on its own
/// first line too. So a stray quote costs one line, not the rest of the file; a true record of many lines that follows
/// within those bytes is cut up, and its pieces are marked in their turn. No byte is looked at more than twice,
/// whatever a file holds.
///
/// A line without any terminator within `maximumRecordBytes` is overlong and is dropped as a whole.
struct RecordScanner: Sendable {
    struct Extent {
        /// The terminator's offset, or the end of the bytes.
        let end: Int
        /// Where the next record starts.
        let next: Int
        /// Physical lines in the record.
        let lineCount: Int
        /// False when the record surely holds no quote.
        let holdsQuotes: Bool
    }

    enum Outcome {
        case record(Extent)
        /// The record may go on in bytes that have not come yet.
        case needsMore
        /// The first `maximumRecordBytes` hold no terminator.
        case overlongLine
    }

    private static let quoteSearchBytes = 1 << 16

    private let delimiter: UInt8
    private let quote: UInt8
    private let terminator: UInt8
    private let maximumRecordBytes: Int
    private let countsRecords: Bool
    /// Records that start before this offset end on their first line.
    private(set) var lineBoundUntil = 0
    /// There is no quote in this range; it saves searching the same bytes again.
    private var quoteFree = 0..<0

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        quote = dialect.quote
        terminator = dialect.terminator.byte
        maximumRecordBytes = dialect.maximumRecordBytes
        countsRecords = dialect.countsRecords
    }

    /// Offsets count from `bytes` dropped at the front from now on, and what lies behind them may have changed.
    mutating func rebase(dropping bytes: Int) {
        lineBoundUntil = max(0, lineBoundUntil - bytes)
        quoteFree = 0..<0
    }

    /// The record that starts at `start`, which must be less than `count`. `isFinal`: nothing follows the `count`
    /// bytes.
    // SAFETY: only offsets below `limit`, which is at most `count`, are read; the pointer is not kept.
    mutating func scan(_ base: UnsafePointer<UInt8>, count: Int, from start: Int, isFinal: Bool) -> Outcome {
        let limit = min(count, start + maximumRecordBytes + 1)
        let lineEnd = base.firstOffset(of: terminator, from: start, to: limit)
        if lineEnd == limit {
            if count - start > maximumRecordBytes { return .overlongLine }
            guard isFinal else { return .needsMore }
            let holdsQuotes = firstQuote(base, count: count, from: start, to: count) < count
            return .record(Extent(end: count, next: count, lineCount: 1, holdsQuotes: holdsQuotes))
        }
        let quoteOffset = firstQuote(base, count: count, from: start, to: lineEnd)
        if quoteOffset == lineEnd || start < lineBoundUntil {
            let holdsQuotes = quoteOffset < lineEnd
            return .record(Extent(end: lineEnd, next: lineEnd + 1, lineCount: 1, holdsQuotes: holdsQuotes))
        }
        return followQuotes(
            base, count: count, from: start, limit: limit, firstLineEnd: lineEnd, firstQuote: quoteOffset,
            isFinal: isFinal)
    }

    /// `scan` for a record whose first line holds a quote.
    private mutating func followQuotes(
        _ base: UnsafePointer<UInt8>, count: Int, from start: Int, limit: Int, firstLineEnd: Int, firstQuote: Int,
        isFinal: Bool
    ) -> Outcome {
        let isTooLong = count - start > maximumRecordBytes
        let endsAtLimit = isFinal && !isTooLong
        var lineCount = 1
        /// The terminator that ends the record unless a quoted field holds it; `limit` when there is none.
        var lineEnd = firstLineEnd
        var opening = firstQuote
        while true {
            var resume = opening + 1
            if opening == start || base[opening - 1] == delimiter {
                let closing = closingQuote(base, count: count, from: resume, limit: limit)
                guard closing < limit else {
                    return unresolved(isTooLong || isFinal, limit: limit, firstLineEnd: firstLineEnd)
                }
                if closing > lineEnd {
                    guard closesProperly(base, at: closing, limit: limit) else {
                        return abandon(until: closing + 1, firstLineEnd: firstLineEnd)
                    }
                    if !countsRecords { lineCount += 1 + base.count(of: terminator, from: lineEnd + 1, to: closing) }
                    lineEnd = base.firstOffset(of: terminator, from: closing + 1, to: limit)
                }
                resume = closing + 1
            }
            // Where every field is quoted, the next quote is known without a search.
            if resume + 1 < lineEnd, base[resume] == delimiter, base[resume + 1] == quote {
                opening = resume + 1
                continue
            }
            opening = self.firstQuote(base, count: count, from: resume, to: lineEnd)
            guard opening == lineEnd else { continue }
            if lineEnd < limit {
                return .record(Extent(end: lineEnd, next: lineEnd + 1, lineCount: lineCount, holdsQuotes: true))
            }
            if endsAtLimit {
                return .record(Extent(end: limit, next: limit, lineCount: lineCount, holdsQuotes: true))
            }
            return unresolved(isTooLong, limit: limit, firstLineEnd: firstLineEnd)
        }
    }

    /// The quote that ends the quoted field whose content starts at `from`, or `limit`.
    private mutating func closingQuote(_ base: UnsafePointer<UInt8>, count: Int, from: Int, limit: Int) -> Int {
        var position = from
        while true {
            let closing = firstQuote(base, count: count, from: position, to: limit)
            guard closing + 1 < limit, base[closing + 1] == quote else { return closing }
            position = closing + 2
        }
    }

    /// Whether a delimiter or the record's end follows the quote. Where the bytes at hand stop short of telling, it is
    /// taken to be so: the record cannot end at such a place, so that it is looked at again with more bytes.
    private func closesProperly(_ base: UnsafePointer<UInt8>, at closing: Int, limit: Int) -> Bool {
        var after = closing + 1
        if after < limit, base[after] == delimiter { return true }
        if terminator == ASCII.lineFeed {
            while after < limit, base[after] == ASCII.carriageReturn { after += 1 }
        }
        return after == limit || base[after] == terminator
    }

    private mutating func unresolved(_ isDecided: Bool, limit: Int, firstLineEnd: Int) -> Outcome {
        isDecided ? abandon(until: limit, firstLineEnd: firstLineEnd) : .needsMore
    }

    private mutating func abandon(until offset: Int, firstLineEnd: Int) -> Outcome {
        lineBoundUntil = offset
        return .record(Extent(end: firstLineEnd, next: firstLineEnd + 1, lineCount: 1, holdsQuotes: true))
    }

    /// The first quote in `from..<to`, or `to`.
    @inline(__always)
    private mutating func firstQuote(_ base: UnsafePointer<UInt8>, count: Int, from: Int, to: Int) -> Int {
        if from >= quoteFree.lowerBound, to <= quoteFree.upperBound { return to }
        return searchQuote(base, count: count, from: from, to: to)
    }

    private mutating func searchQuote(_ base: UnsafePointer<UInt8>, count: Int, from: Int, to: Int) -> Int {
        let continues = from >= quoteFree.lowerBound && from <= quoteFree.upperBound
        let begin = continues ? max(from, quoteFree.upperBound) : from
        let end = max(to, min(count, begin + Self.quoteSearchBytes))
        let found = base.firstOffset(of: quote, from: begin, to: end)
        quoteFree = (continues ? quoteFree.lowerBound : from)..<found
        return min(found, to)
    }
}
