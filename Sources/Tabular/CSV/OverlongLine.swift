/// A line longer than the dialect's `maximumRecordBytes`. It is in no chunk, so that no worker has to hold it.
public struct OverlongLine: Hashable, Sendable, Codable {
    /// The physical line, counted from 1.
    public let line: Int
    /// The record's index, counted from 0 after the header; nil when the line stands where the header should.
    public let recordIndex: Int?
    /// Bytes from the start of the file.
    public let byteOffset: Int
    /// Bytes without the terminator.
    public let byteLength: Int
}
