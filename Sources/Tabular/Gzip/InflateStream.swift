import CZlib

/// zlib's inflate, a window of 64 KiB at a time: what gzip and zip have in common.
struct InflateStream: ~Copyable {
    enum Framing: Int32 {
        /// A gzip header and trailer; 16 more than the window bits ask for them.
        case gzip = 31
        /// Bare deflate data, as in a zip archive.
        case none = -15
    }

    enum Fault: Error {
        /// zlib's words.
        case damaged(String)
        /// More came out than there was room for.
        case tooLarge
    }

    struct Step {
        let consumed: Int
        let produced: Int
        let isEnd: Bool
        /// There may be more to come from what was consumed.
        var filledWindow: Bool { produced == windowBytes }
    }

    static let windowBytes = 1 << 16
    private static let feedBytes = 1 << 30

    // SAFETY: allocated in init, freed in deinit, never handed out; zlib keeps a pointer back to it, so it must not
    // move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var window: [UInt8]

    /// - Throws: `gzipUnavailable` when memory is lacking.
    init(_ framing: Framing) throws(TabularError) {
        window = [UInt8](repeating: 0, count: Self.windowBytes)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, framing.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw TabularError(.gzipUnavailable, "zlib could not start", cause: "zlib \(status)")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Begins anew, as behind the end of one gzip member.
    mutating func reset() { inflateReset(stream) }

    /// Inflates one window's worth of `bytes` and hands it to `body`, unless it is more than `room`.
    mutating func step(
        _ bytes: UnsafeRawBufferPointer, room: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(Fault) -> Step {
        let stream = stream
        let offered = min(bytes.count, Self.feedBytes)
        // SAFETY: zlib's signature lacks a const; it only reads the input.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(offered)
        var produced = 0
        let status = window.withUnsafeMutableBufferPointer { window in
            stream.pointee.next_out = window.baseAddress
            stream.pointee.avail_out = UInt32(window.count)
            let status = inflate(stream, Z_NO_FLUSH)
            produced = window.count - Int(stream.pointee.avail_out)
            return status
        }
        let consumed = offered - Int(stream.pointee.avail_in)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        guard produced <= room else { throw Fault.tooLarge }
        if produced > 0 {
            window.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<produced])) }
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw Fault.damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib \(status)")
        }
        return Step(consumed: consumed, produced: produced, isEnd: status == Z_STREAM_END)
    }
}

// SAFETY: the zlib stream is owned by this value alone, which cannot be copied, and every use of it is a mutating call.
extension InflateStream: @unchecked Sendable {}
