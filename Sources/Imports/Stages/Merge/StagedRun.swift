import Domain
import ObjectStore

/// The staged rows of one chunk in the order of their keys, read window by window, without those that the resolve stage
/// refused.
///
/// An object, as runs change places among hundreds of others with each row.
final class StagedRun {
    /// Bytes that all runs of a merge may read ahead, and one of them at least and at most.
    private static let windowsBytes = 16 << 20
    private static let windowBounds = SealedBytes.blockBytes...1 << 18

    /// Where the chunk's rows come from, for `PackedRows`.
    let source: Int
    /// The chunk's place in the session's input.
    let ordinal: Int
    private let store: any ObjectStore
    private let object: ObjectKey
    private let refused: Set<UInt32>
    /// Whole blocks.
    private let windowBytes: Int
    private var offset = 0
    private var window: [UInt8] = []
    private var opener = SealedBytes.Opener()
    /// The present row in the window.
    private var row = 0..<0
    private var next = 0
    /// The first eight bytes of the present row's key, the first one highest.
    private(set) var prefix: UInt64 = 0

    /// - Parameter runs: how many there are beside each other.
    init(
        _ object: ObjectKey, of store: any ObjectStore, refused: Set<UInt32>, source: Int, ordinal: Int, among runs: Int
    ) {
        let share = min(
            max(Self.windowsBytes / max(1, runs), Self.windowBounds.lowerBound), Self.windowBounds.upperBound)
        windowBytes = share / SealedBytes.blockBytes * SealedBytes.blockBytes
        self.object = object
        self.store = store
        self.refused = refused
        self.source = source
        self.ordinal = ordinal
    }

    /// Goes to the next row; false at the end.
    /// - Throws: `StagedDataError`, `ObjectStoreError`, `CancellationError`.
    func advance() async throws -> Bool {
        while true {
            if try advanceInWindow() { return true }
            if try await !fill() { return false }
        }
    }

    /// Goes to the next row if the window holds it whole; otherwise false, and the present row is no more.
    /// - Throws: `StagedDataError`.
    func advanceInWindow() throws(StagedDataError) -> Bool {
        while window.count - next >= 8 {
            let length = Int(number(at: next))
            guard length >= 4 + PackedRow.keyOffset else { throw StagedDataError() }
            guard window.count - next >= 4 + length else { return false }
            let position = number(at: next + 4)
            row = next + 8..<next + 4 + length
            next += 4 + length
            if !refused.isEmpty, refused.contains(position) { continue }
            guard window[row.lowerBound] == PackedRow.Tag.text.rawValue else { throw StagedDataError() }
            prefix = window.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[key]).prefix64(from: 0) }
            return true
        }
        return false
    }

    /// Calls `body` with the present row.
    func withRow<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try window.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[row])) }
    }

    /// Whether the present row comes before another run's: by its key, then by its place in the input.
    func precedes(_ other: StagedRun) -> Bool {
        if prefix != other.prefix { return prefix < other.prefix }
        let order = window.withUnsafeBytes { mine in
            other.window.withUnsafeBytes { others in
                KeyOrder.compare(
                    UnsafeRawBufferPointer(rebasing: mine[key]), UnsafeRawBufferPointer(rebasing: others[other.key]))
            }
        }
        return order == 0 ? ordinal < other.ordinal : order < 0
    }

    private var key: Range<Int> {
        let start = row.lowerBound + PackedRow.keyOffset
        let count = Int(number(at: row.lowerBound + 1))
        return start..<min(start + count, row.upperBound)
    }

    /// Reads on; false at the object's end.
    private func fill() async throws -> Bool {
        window.removeSubrange(..<next)
        next = 0
        if opener.isAtEnd {
            if !window.isEmpty { throw StagedDataError() }
            return false
        }
        try Task.checkCancellation()
        let more = try await store.get(object, offset: offset, count: windowBytes)
        // An object that was cut ends without its last block.
        guard !more.isEmpty else { throw StagedDataError() }
        offset += more.count
        try opener.open(more, into: &window)
        return true
    }

    private func number(at offset: Int) -> UInt32 {
        window.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
}
