/// Inflates a stream of gzip bytes, several members one after the other included, a window at a time, and stops when it
/// has become larger than the caller allows: a thousandfold expansion costs 64 KiB of memory.
public struct GzipReader: ~Copyable, Sendable {
    /// Bytes inflated so far.
    public private(set) var byteCount = 0

    private let maximumBytes: Int
    private var inflater: InflateStream
    private var memberCount = 0
    private var isInMember = false

    /// - Parameter maximumBytes: how much the data may inflate to.
    /// - Throws: `gzipUnavailable` when memory is lacking.
    public init(maximumBytes: Int) throws(TabularError) {
        self.maximumBytes = maximumBytes
        inflater = try InflateStream(.gzip)
    }

    /// Takes the next compressed bytes and hands what they inflate to to `body`, in pieces of at most 64 KiB that are
    /// good for the length of the call.
    ///
    /// - Throws: `gzipCorrupt`, `gzipTooLarge`; the reader is of no more use then.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) {
        var offset = 0
        var mayHoldMore = false
        while offset < bytes.count || mayHoldMore {
            if !isInMember {
                // Tape blocks pad gzip files with zeros.
                while offset < bytes.count, memberCount > 0, bytes[offset] == 0 { offset += 1 }
                if offset == bytes.count { return }
                if memberCount > 0 { inflater.reset() }
                isInMember = true
            }
            let step = try step(UnsafeRawBufferPointer(rebasing: bytes[offset...]), body)
            offset += step.consumed
            byteCount += step.produced
            if step.isEnd {
                isInMember = false
                memberCount += 1
            }
            mayHoldMore = isInMember && step.filledWindow
        }
    }

    /// The compressed data has ended.
    ///
    /// - Throws: `gzipTruncated` when it should not have.
    public mutating func finish() throws(TabularError) {
        guard !isInMember, memberCount > 0 else {
            throw TabularError(
                .gzipTruncated, "the gzip data ends early; it may have been cut off on the way: send it again")
        }
    }

    private mutating func step(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) -> InflateStream.Step {
        do throws(InflateStream.Fault) {
            return try inflater.step(bytes, room: maximumBytes - byteCount, body)
        } catch {
            switch error {
            case .tooLarge:
                throw TabularError(
                    .gzipTooLarge, "the gzip data inflates to more than \(maximumBytes) bytes; split the file")
            case .damaged(let cause):
                throw TabularError(
                    .gzipCorrupt, "the gzip data is damaged or is not gzip: send it again", cause: cause)
            }
        }
    }
}
