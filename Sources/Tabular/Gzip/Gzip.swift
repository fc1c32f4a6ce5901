/// gzip (RFC 1952) over whole arrays; `GzipWriter` and `GzipReader` do it piece by piece.
public enum Gzip {
    /// Whether the bytes begin as gzip does.
    public static func isGzip(_ head: [UInt8]) -> Bool { head.starts(with: [0x1F, 0x8B]) }

    /// Equal bytes at an equal level give equal output.
    ///
    /// - Parameter level: 0 (fastest) to 3 (smallest).
    /// - Throws: `gzipUnavailable`.
    public static func compress(_ bytes: [UInt8], level: Int = 1) throws(TabularError) -> [UInt8] {
        try compress([bytes], level: level)
    }

    /// Compresses pieces as if they were joined.
    ///
    /// - Parameter level: 0 (fastest) to 3 (smallest).
    /// - Throws: `gzipUnavailable`.
    public static func compress(_ pieces: [[UInt8]], level: Int = 1) throws(TabularError) -> [UInt8] {
        var writer = try GzipWriter(level: level)
        var output: [UInt8] = []
        for piece in pieces { output.append(contentsOf: try writer.feed(piece)) }
        output.append(contentsOf: try writer.finish())
        return output
    }

    /// - Parameter maximumBytes: how much the data may inflate to.
    /// - Throws: `gzipCorrupt`, `gzipTruncated`, `gzipTooLarge`, `gzipUnavailable`.
    public static func decompress(_ bytes: [UInt8], maximumBytes: Int) throws(TabularError) -> [UInt8] {
        var reader = try GzipReader(maximumBytes: maximumBytes)
        var output: [UInt8] = []
        try bytes.withUnsafeBufferPointer { (storage) throws(TabularError) in
            try reader.feed(UnsafeRawBufferPointer(storage)) { output.append(contentsOf: $0) }
        }
        try reader.finish()
        return output
    }
}
