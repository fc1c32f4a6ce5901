/// A run of whole records in a file: what one worker reads.
public struct CSVChunk: Hashable, Sendable, Codable {
    /// Bytes from the start of the file, a byte order mark included.
    public var byteOffset: Int
    /// Bytes up to and including the last record's terminator.
    public var byteLength: Int
    /// The physical line, counted from 1, on which the chunk's first byte stands.
    public var firstLine: Int
    /// The index of the chunk's first record, counted from 0 after the header.
    public var firstRecord: Int
    /// How many records the chunk holds, damaged ones included.
    public var recordCount: Int

    /// A chunk as `RecordBoundaries` found it, or as a message told of it.
    public init(byteOffset: Int, byteLength: Int, firstLine: Int, firstRecord: Int, recordCount: Int) {
        self.byteOffset = byteOffset
        self.byteLength = byteLength
        self.firstLine = firstLine
        self.firstRecord = firstRecord
        self.recordCount = recordCount
    }

    /// Where the chunk lies in the file.
    public var byteRange: Range<Int> { byteOffset..<(byteOffset + byteLength) }
}
