/// Cuts a file into chunks of whole records while it streams past.
///
/// Feed the file's bytes in order, in buffers of any size; the chunks do not depend on how they were cut. Chunks come
/// in file order and hold every record but those on overlong lines, which `overlongLines` lists instead. Reading each
/// chunk with `CSVReader` gives the same records, lines and indices as reading the file as a whole. Holds at most about
/// two records' worth of bytes (`maximumRecordBytes`) and half a mebibyte more.
public struct RecordBoundaries: Sendable {
    private static let pieceBytes = 1 << 18

    /// The first record, when `hasHeader`; nil until it is known and when its line is overlong. A header with a quote
    /// that is never closed drags lines along that follow it: its `recordCount` is then above 1, its reader tells of
    /// the `.unclosedQuote` defect, and the file is to be refused.
    public private(set) var header: CSVChunk?
    /// Lines that no chunk holds. Each costs the file more than `maximumRecordBytes`, which bounds the list.
    public private(set) var overlongLines: [OverlongLine] = []
    /// Data records so far, overlong ones included, the header not.
    public private(set) var recordCount = 0
    /// Physical lines so far.
    public private(set) var lineCount = 0

    private let targetBytes: Int
    private let targetRecords: Int
    private let terminator: UInt8
    private let maximumRecordBytes: Int
    private let trimsCarriageReturns: Bool
    private var scanner: RecordScanner
    private var awaitsHeader: Bool
    private var byteOrderMarkLeft: Int
    /// The bytes from the first unfinished record on.
    private var buffer: [UInt8] = []
    /// The file offset of the buffer's first byte.
    private var bufferOffset: Int
    /// Nothing is scanned before this many bytes are there. Internal so that tests can scan after every byte.
    var leastScanBytes = 1 << 16 {
        didSet { scanThreshold = leastScanBytes }
    }
    /// Scanning again before the unfinished record has doubled could make tiny feeds cost quadratic time.
    private var scanThreshold = 1 << 16
    private var open: CSVChunk
    /// The overlong line being dropped: its offset in the file.
    private var overlongOffset: Int?

    /// - Parameters:
    ///   - targetBytes: a chunk ends with the first record that brings it to this size; it is at most
    ///     `targetBytes + 2 * maximumRecordBytes` and a few bytes long.
    ///   - targetRecords: a chunk also ends with the record that brings it to this many, so that tiny ones are no more work than
    ///     others. Lines that are read one by one behind a quote that is never closed stay together: it may have as many more as
    ///     lie within `maximumRecordBytes`.
    ///   - byteOrderMarkLength: bytes at the file's start that belong to no record: a mark, and the sniff's preamble.
    ///   - skippedLines: the physical lines among those bytes.
    ///   - hasHeader: the first record is a header: it is in no chunk and has no index.
    public init(
        dialect: CSVDialect = CSVDialect(), targetBytes: Int, targetRecords: Int = .max, byteOrderMarkLength: Int = 0,
        skippedLines: Int = 0, hasHeader: Bool = true
    ) {
        self.targetBytes = max(1, targetBytes)
        self.targetRecords = max(1, targetRecords)
        terminator = dialect.terminator.byte
        maximumRecordBytes = dialect.maximumRecordBytes
        trimsCarriageReturns = dialect.terminator == .lineFeed
        scanner = RecordScanner(dialect)
        awaitsHeader = hasHeader
        byteOrderMarkLeft = byteOrderMarkLength
        bufferOffset = byteOrderMarkLength
        lineCount = skippedLines
        open = CSVChunk(
            byteOffset: byteOrderMarkLength, byteLength: 0, firstLine: skippedLines + 1, firstRecord: 0, recordCount: 0)
    }

    /// Takes the file's next bytes; returns the chunks that they completed.
    public mutating func feed(_ bytes: [UInt8]) -> [CSVChunk] {
        bytes.withUnsafeBytes { feed($0) }
    }

    /// Takes the file's next bytes; returns the chunks that they completed.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [CSVChunk] {
        var chunks: [CSVChunk] = []
        var position = min(byteOrderMarkLeft, bytes.count)
        byteOrderMarkLeft -= position
        while position < bytes.count {
            let end = min(bytes.count, position + Self.pieceBytes)
            take(UnsafeRawBufferPointer(rebasing: bytes[position..<end]), into: &chunks)
            position = end
        }
        return chunks
    }

    /// The file has ended: returns the chunks that were still open.
    public mutating func finish() -> [CSVChunk] {
        var chunks: [CSVChunk] = []
        scanBuffer(isFinal: true, into: &chunks)
        if overlongOffset != nil { endOverlongLine(at: bufferOffset + buffer.count, next: bufferOffset + buffer.count) }
        closeChunk(at: bufferOffset, into: &chunks)
        return chunks
    }

    /// Bytes held back because their record is unfinished.
    var bufferedBytes: Int { buffer.count }

    private mutating func take(_ piece: UnsafeRawBufferPointer, into chunks: inout [CSVChunk]) {
        buffer.append(contentsOf: piece)
        guard buffer.count >= scanThreshold || overlongOffset != nil else { return }
        scanBuffer(isFinal: false, into: &chunks)
        // Past `maximumRecordBytes` the scanner always decides.
        scanThreshold = max(leastScanBytes, min(2 * buffer.count, maximumRecordBytes + 1))
    }

    private mutating func scanBuffer(isFinal: Bool, into chunks: inout [CSVChunk]) {
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        var position = 0
        // SAFETY: `position` stays within the array, and the pointer is good for the length of the closure.
        bytes.withUnsafeBufferPointer { storage in
            guard let base = storage.baseAddress else { return }
            while position < storage.count {
                if overlongOffset != nil {
                    let end = base.firstOffset(of: terminator, from: position, to: storage.count)
                    position = min(end + 1, storage.count)
                    guard end < storage.count else { return }
                    endOverlongLine(at: bufferOffset + end, next: bufferOffset + position)
                    continue
                }
                switch scanner.scan(base, count: storage.count, from: position, isFinal: isFinal) {
                case .record(let extent):
                    let isBlank = self.isBlank(base, from: position, to: extent.end)
                    position = extent.next
                    lineCount += extent.lineCount
                    endRecord(
                        at: bufferOffset + position, isBlank: isBlank, mayCut: position >= scanner.lineBoundUntil,
                        into: &chunks)
                case .needsMore:
                    return
                case .overlongLine:
                    closeChunk(at: bufferOffset + position, into: &chunks)
                    overlongOffset = bufferOffset + position
                }
            }
        }
        scanner.rebase(dropping: position)
        bufferOffset += position
        bytes.removeFirst(position)
        swap(&bytes, &buffer)
    }

    private func isBlank(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Bool {
        var position = start
        if trimsCarriageReturns {
            while position < end, base[position] == ASCII.carriageReturn { position += 1 }
        }
        return position == end
    }

    private mutating func endRecord(at next: Int, isBlank: Bool, mayCut: Bool, into chunks: inout [CSVChunk]) {
        if !isBlank {
            open.recordCount += 1
            if !awaitsHeader { recordCount += 1 }
        }
        // A chunk cut among line-bound records would be read without that bound.
        guard mayCut else { return }
        if awaitsHeader || next - open.byteOffset >= targetBytes || open.recordCount >= targetRecords {
            closeChunk(at: next, into: &chunks)
        }
    }

    /// Ends the open chunk at file offset `end` and opens the next one there. Without records (blank lines only) it is
    /// dropped.
    private mutating func closeChunk(at end: Int, into chunks: inout [CSVChunk]) {
        if open.recordCount > 0 {
            open.byteLength = end - open.byteOffset
            if awaitsHeader {
                header = open
                awaitsHeader = false
            } else {
                chunks.append(open)
            }
        }
        open = CSVChunk(
            byteOffset: end, byteLength: 0, firstLine: lineCount + 1, firstRecord: recordCount, recordCount: 0)
    }

    private mutating func endOverlongLine(at end: Int, next: Int) {
        guard let offset = overlongOffset else { return }
        overlongOffset = nil
        lineCount += 1
        let index = awaitsHeader ? nil : recordCount
        overlongLines.append(
            OverlongLine(line: lineCount, recordIndex: index, byteOffset: offset, byteLength: end - offset))
        if awaitsHeader { awaitsHeader = false } else { recordCount += 1 }
        open = CSVChunk(
            byteOffset: next, byteLength: 0, firstLine: lineCount + 1, firstRecord: recordCount, recordCount: 0)
    }
}
