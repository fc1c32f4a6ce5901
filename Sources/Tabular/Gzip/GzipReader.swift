import CZlib

/// Inflates a stream of gzip bytes, several members one after the other included, a window at a time, and stops when it
/// has become larger than the caller allows: a thousandfold expansion costs 64 KiB of memory.
public struct GzipReader: ~Copyable {
    private static let windowBytes = 1 << 16
    private static let feedBytes = 1 << 30

    /// Bytes inflated so far.
    public private(set) var byteCount = 0

    // SAFETY: allocated in init, freed in deinit, never handed out; zlib keeps a pointer back to it, so it must not
    // move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let maximumBytes: Int
    private var window: [UInt8]
    private var memberCount = 0
    private var isInMember = false

    /// - Parameter maximumBytes: how much the data may inflate to.
    /// - Throws: `gzipUnavailable` when memory is lacking.
    public init(maximumBytes: Int) throws(TabularError) {
        self.maximumBytes = maximumBytes
        window = [UInt8](repeating: 0, count: Self.windowBytes)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 more than the window bits ask for a gzip header and trailer.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw TabularError(.gzipUnavailable, "gzip could not start", cause: "zlib \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes the next compressed bytes and hands what they inflate to to `body`, in pieces of at most 64 KiB that are
    /// good for the length of the call.
    ///
    /// - Throws: `gzipCorrupt`, `gzipTooLarge`; the reader is of no more use then.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) {
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + Self.feedBytes)
            try feedPiece(UnsafeRawBufferPointer(rebasing: bytes[offset..<end]), body)
            offset = end
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

    private mutating func feedPiece(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) {
        // SAFETY: zlib's signature lacks a const; it only reads the input.
        let input = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(bytes.count)
        defer { stream.pointee.next_in = nil }
        repeat {
            if !isInMember {
                // Tape blocks pad gzip files with zeros.
                while stream.pointee.avail_in > 0, memberCount > 0, stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                }
                if stream.pointee.avail_in == 0 { return }
                if memberCount > 0 { inflateReset(stream) }
                isInMember = true
            }
            try inflateWindow(body)
        } while stream.pointee.avail_in > 0 || (isInMember && stream.pointee.avail_out == 0)
    }

    private mutating func inflateWindow(_ body: (UnsafeRawBufferPointer) -> Void) throws(TabularError) {
        let stream = stream
        let room = maximumBytes - byteCount
        var produced = 0
        let status = window.withUnsafeMutableBufferPointer { window in
            stream.pointee.next_out = window.baseAddress
            stream.pointee.avail_out = UInt32(window.count)
            let status = inflate(stream, Z_NO_FLUSH)
            produced = window.count - Int(stream.pointee.avail_out)
            if produced > 0, produced <= room {
                body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(window)[..<produced]))
            }
            return status
        }
        stream.pointee.next_out = nil
        byteCount += produced
        guard produced <= room else {
            throw TabularError(
                .gzipTooLarge, "the gzip data inflates to more than \(maximumBytes) bytes; split the file")
        }
        switch status {
        case Z_STREAM_END:
            isInMember = false
            memberCount += 1
        case Z_OK, Z_BUF_ERROR:
            break
        default:
            let cause = stream.pointee.msg.map { String(cString: $0) } ?? "zlib \(status)"
            throw TabularError(.gzipCorrupt, "the gzip data is damaged or is not gzip: send it again", cause: cause)
        }
    }
}

// SAFETY: the zlib stream is owned by this value alone, which cannot be copied, and every use of it is a mutating call.
extension GzipReader: @unchecked Sendable {}
