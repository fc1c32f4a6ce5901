/// A file of which small ranges are read, one after the other: it keeps what lies around the last one.
struct RangedBytes: Sendable {
    private static let keptBytes = 1 << 18

    /// Bytes.
    let size: Int
    private let file: any FileBytes
    private var kept: [UInt8] = []
    private var keptOffset = 0

    @inline(never)
    init(_ file: any FileBytes) async throws {
        self.file = file
        size = try await file.size()
    }

    /// Reads a range; less where the file ends.
    ///
    /// Neither this nor what else waits here is inlined: the optimiser of Swift 6.3 crashes over it in `FileSource`.
    @inline(never)
    func get(_ range: Range<Int>) async throws -> [UInt8] {
        try Task.checkCancellation()
        return try await file.get(offset: range.lowerBound, count: range.count)
    }

    /// The same, and remembers what follows.
    @inline(never)
    mutating func read(_ range: Range<Int>) async throws -> [UInt8] {
        if range.lowerBound < keptOffset || range.upperBound > keptOffset + kept.count {
            kept = try await get(range.lowerBound..<range.lowerBound + max(range.count, Self.keptBytes))
            keptOffset = range.lowerBound
        }
        let start = range.lowerBound - keptOffset
        return Array(kept[start..<min(kept.count, start + range.count)])
    }
}
