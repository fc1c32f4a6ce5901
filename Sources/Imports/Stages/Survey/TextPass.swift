import Crypto
import Domain
import ObjectStore
import Tabular

/// One pass over a file's text: finds its records, and writes it anew where it is no bare UTF-8.
struct TextPass {
    /// What a pass found.
    struct Outcome {
        var chunks: [CSVChunk]
        var header: CSVChunk?
        var overlongLines: [OverlongLine]
        /// Whether bytes are no UTF-8 of a text that is not written anew as another encoding.
        var holdsStrayBytes: Bool
        /// The archive's member, or the workbook's sheet.
        var member: String?
    }

    let source: FileSource
    let form: TextForm
    let store: any ObjectStore
    /// Where the text is written; nil when the file is the text.
    let text: ObjectKey?
    /// Bytes that a chunk has at least.
    let chunkBytes: Int

    private static let continuation: ClosedRange<UInt8> = 0x80...0xBF

    /// - Parameter seal: called with the SHA-256 of the bytes that were read, before the text is there for others to read.
    func run(seal: (String) async throws -> Void) async throws -> Outcome {
        let markBytes = form.characters.markLength
        var boundaries = RecordBoundaries(
            dialect: form.dialect, targetBytes: chunkBytes,
            byteOrderMarkLength: (text == nil ? markBytes : 0) + form.skippedBytes, skippedLines: form.skippedLines,
            hasHeader: form.hasHeader)
        var transcoder = form.characters.encoding.transcodingSource.map { UTF8Transcoder(from: $0) }
        let writer: (any ObjectWriter)?
        if let text { writer = try await store.writer(text) } else { writer = nil }
        var digest = SHA256()
        var chunks: [CSVChunk] = []
        var markLeft = text == nil ? 0 : markBytes
        var hasStrayBytes = false
        let member = try await source.read { piece in
            digest.update(data: piece)
            if transcoder == nil, !hasStrayBytes { hasStrayBytes = Self.holdsStrayBytes(piece) }
            var body = piece
            if markLeft > 0 {
                body.removeFirst(min(markLeft, piece.count))
                markLeft -= piece.count - body.count
            }
            let utf8 = transcoder?.feed(body) ?? body
            chunks += boundaries.feed(utf8)
            try await writer?.append(utf8)
            return true
        }
        if let last = transcoder?.finish() {
            chunks += boundaries.feed(last)
            try await writer?.append(last)
        }
        chunks += boundaries.finish()
        try await seal(Hexadecimal.text(digest.finalize()))
        try await writer?.commit()
        return Outcome(
            chunks: chunks, header: boundaries.header, overlongLines: boundaries.overlongLines,
            holdsStrayBytes: hasStrayBytes, member: member)
    }

    /// Whether a piece of a text holds what is no UTF-8, but for characters that its ends cut.
    private static func holdsStrayBytes(_ piece: [UInt8]) -> Bool {
        piece.withUnsafeBytes { bytes in
            let cut = bytes.prefix(3).prefix { continuation.contains($0) }.count
            return UTF8Validation.firstFault(
                in: UnsafeRawBufferPointer(rebasing: bytes[cut...]), allowsCutTail: true) != nil
        }
    }
}
