import CZlib

/// Unpacks one member of a zip archive, a window at a time, and holds it to the size and checksum that the archive's
/// directory promised. It does no I/O: hand it the bytes of `wanted` until there is no more, and then call `finish()`.
public struct ZipMemberReader: ~Copyable, Sendable {
    /// Little, because it may unpack to a thousand times as much before the caller can turn to something else.
    private static let pieceBytes = 1 << 12

    /// The archive's bytes to hand over next; nil when the member is complete.
    public private(set) var wanted: Range<Int>?
    /// Bytes unpacked so far.
    public private(set) var byteCount = 0

    private let member: ZipMember
    private var inflater: InflateStream
    private var isStored: Bool { member.method == ZipMember.stored }
    private var checksum: UInt = crc32(0, nil, 0)
    /// Where the member's data ends in the archive; nil until its own header has been read.
    private var dataEnd: Int?
    private var hasEnded = false

    /// - Throws: `zipUnsupported` for an encrypted member or another method than stored and deflate; `gzipUnavailable`.
    public init(_ member: ZipMember) throws(TabularError) {
        try Self.check(member)
        inflater = try InflateStream(.none)
        self.member = member
        wanted = member.headerRange
    }

    private static func check(_ member: ZipMember) throws(TabularError) {
        guard !member.isEncrypted else {
            throw TabularError(
                .zipUnsupported, "\"\(member.name)\" is protected by a password; pack it without one and send that")
        }
        guard member.method == ZipMember.stored || member.method == ZipMember.deflated else {
            throw TabularError(
                .zipUnsupported,
                "\"\(member.name)\" is compressed in a way that is not read here (method \(member.method)); pack it as an "
                    + "ordinary zip archive and send that")
        }
    }

    /// Takes the bytes of `wanted` and hands what they unpack to to `body`, in pieces that are good for the length of the
    /// call.
    ///
    /// - Throws: `zipCorrupt`; the reader is of no more use then.
    public mutating func take(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) {
        guard let range = wanted else { return }
        guard bytes.count == range.count else { throw corrupt("the archive ends early") }
        guard let end = dataEnd else { return try takeHeader(bytes) }
        try bytes.withUnsafeBufferPointer { (storage) throws(TabularError) in
            try unpack(UnsafeRawBufferPointer(storage), body)
        }
        wantPiece(from: range.upperBound, end: end)
    }

    /// The member has been handed over.
    ///
    /// - Throws: `zipCorrupt` when it is not what the directory promised.
    public mutating func finish() throws(TabularError) {
        guard wanted == nil, byteCount == member.byteCount, hasEnded || isStored else {
            throw corrupt("it is shorter than the archive says")
        }
        guard checksum == UInt(member.checksum) else { throw corrupt("its checksum does not match") }
    }

    /// The member's own header must tell the same story as the directory; only its length is news.
    private mutating func takeHeader(_ bytes: [UInt8]) throws(TabularError) {
        guard let header = ZipRecord(bytes, at: 0, count: ZipRecord.localHeaderBytes),
            header.u32(0) == ZipRecord.localHeader, header.u16(8) == member.method, header.u16(6) & 1 == 0,
            Int(header.u16(26)) == member.nameBytes.count,
            Array(bytes[ZipRecord.localHeaderBytes...]) == member.nameBytes
        else { throw corrupt("its header contradicts the archive's directory") }
        let start = member.headerRange.upperBound + Int(header.u16(28))
        dataEnd = start + member.compressedByteCount
        wantPiece(from: start, end: start + member.compressedByteCount)
    }

    private mutating func wantPiece(from start: Int, end: Int) {
        wanted = start < end ? start..<min(end, start + Self.pieceBytes) : nil
    }

    private mutating func unpack(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) {
        if isStored {
            guard bytes.count <= member.byteCount - byteCount else {
                throw corrupt("it is longer than the archive says")
            }
            hand(bytes, body)
            return
        }
        var offset = 0
        var mayHoldMore = false
        while offset < bytes.count || mayHoldMore {
            guard !hasEnded else { throw corrupt("something stands behind its end") }
            let step = try inflate(UnsafeRawBufferPointer(rebasing: bytes[offset...]), body)
            offset += step.consumed
            hasEnded = step.isEnd
            mayHoldMore = !step.isEnd && step.filledWindow
        }
    }

    private mutating func inflate(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TabularError) -> InflateStream.Step {
        var sum = checksum
        var count = byteCount
        do throws(InflateStream.Fault) {
            let step = try inflater.step(bytes, room: member.byteCount - byteCount) { piece in
                sum = Self.checksum(sum, piece)
                count += piece.count
                body(piece)
            }
            checksum = sum
            byteCount = count
            return step
        } catch {
            switch error {
            case .tooLarge: throw corrupt("it is longer than the archive says")
            case .damaged(let cause): throw corrupt("it does not unpack", cause: cause)
            }
        }
    }

    private mutating func hand(_ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        checksum = Self.checksum(checksum, piece)
        byteCount += piece.count
        body(piece)
    }

    private static func checksum(_ sum: UInt, _ piece: UnsafeRawBufferPointer) -> UInt {
        crc32(sum, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
    }

    private func corrupt(_ why: String, cause: String? = nil) -> TabularError {
        TabularError(
            .zipCorrupt, "\"\(member.name)\" in the zip archive is damaged (\(why)): send it again", cause: cause)
    }
}
