import CZlib

/// Compresses a stream of bytes to gzip. Equal bytes at an equal level give equal output, on any day and however they
/// are cut into feeds: the header's time is 0 and its system 255 ("unknown"), and zlib is fed blocks of one size.
/// (Another version of zlib may compress otherwise.)
public struct GzipWriter: ~Copyable {
    private static let blockBytes = 1 << 16
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    // SAFETY: allocated in init, freed in deinit, never handed out; zlib keeps a pointer back to it, so it must not
    // move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var pending: [UInt8] = []
    private var output: [UInt8]
    private var checksum: UInt
    private var byteCount: UInt32 = 0
    private var isFinished = false

    /// - Parameter level: 0 (store) to 9 (smallest).
    /// - Throws: `gzipUnavailable` when the level is out of range or memory is lacking.
    public init(level: Int = 6) throws(TabularError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = Self.header
        checksum = crc32(0, nil, 0)
        // Negative window bits ask for bare deflate data: header and trailer are written here.
        let status = deflateInit2_(
            stream, Int32(clamping: level), Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK, (0...9).contains(level) else {
            throw TabularError(
                .gzipUnavailable, "gzip could not start at level \(level); levels are 0 to 9", cause: "zlib \(status)")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Takes the next bytes; returns what gzip has ready, often nothing.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(TabularError) -> [UInt8] {
        precondition(!isFinished, "fed after finish")
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = rest.prefix(Self.blockBytes - pending.count)
            pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            if pending.count == Self.blockBytes { try deflatePending(Z_NO_FLUSH) }
        }
        return takeOutput()
    }

    /// Takes the next bytes; returns what gzip has ready, often nothing.
    public mutating func feed(_ bytes: [UInt8]) throws(TabularError) -> [UInt8] {
        try bytes.withUnsafeBufferPointer { (storage) throws(TabularError) in try feed(UnsafeRawBufferPointer(storage))
        }
    }

    /// Ends the stream; returns the rest. To be called once.
    public mutating func finish() throws(TabularError) -> [UInt8] {
        precondition(!isFinished, "finished twice")
        isFinished = true
        try deflatePending(Z_FINISH)
        for word in [UInt32(truncatingIfNeeded: checksum), byteCount] {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                output.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return takeOutput()
    }

    private mutating func takeOutput() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &output)
        return taken
    }

    private mutating func deflatePending(_ flush: Int32) throws(TabularError) {
        let bound = Self.blockBytes
        byteCount &+= UInt32(truncatingIfNeeded: pending.count)
        let stream = stream
        var block: [UInt8] = []
        swap(&block, &pending)
        var produced: [UInt8] = []
        swap(&produced, &output)
        var sum = checksum
        try block.withUnsafeMutableBufferPointer { (input) throws(TabularError) in
            sum = crc32(sum, input.baseAddress, UInt32(input.count))
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var status = Z_OK
            repeat {
                // SAFETY: zlib is told the window's true size, and what it wrote is the count.
                let room = [UInt8](unsafeUninitializedCapacity: bound) { window, count in
                    stream.pointee.next_out = window.baseAddress
                    stream.pointee.avail_out = UInt32(bound)
                    status = deflate(stream, flush)
                    count = bound - Int(stream.pointee.avail_out)
                }
                produced.append(contentsOf: room)
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw TabularError(.gzipUnavailable, "gzip could not go on", cause: "zlib \(status)")
                }
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
        checksum = sum
        block.removeAll(keepingCapacity: true)
        swap(&block, &pending)
        swap(&produced, &output)
    }
}

// SAFETY: the zlib stream is owned by this value alone, which cannot be copied, and every use of it is a mutating call.
extension GzipWriter: @unchecked Sendable {}
