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
        /// What all of the text's bytes say of its characters; nil unless that was asked for.
        var characters: EncodingDetector?
        /// The archive's member, or the workbook's sheet.
        var member: String?
    }

    let source: FileSource
    let form: TextForm
    let store: any ObjectStore
    /// Where the text is written; nil when the file is the text.
    let text: ObjectKey?
    /// Bytes and records of a chunk: it ends with whichever it has first.
    let chunkBytes: Int
    let chunkRecords: Int
    /// Whether to look at all of the text for its encoding.
    let looksAtCharacters: Bool

    private static func adding(_ piece: [UInt8], to digest: SHA256) async -> SHA256 {
        var more = digest
        more.update(data: piece)
        return more
    }

    /// - Parameter seal: called with the SHA-256 of the bytes that were read, before the text is there for others to read.
    func run(seal: (String) async throws -> Void) async throws -> Outcome {
        let markBytes = form.characters.markLength
        var boundaries = RecordBoundaries(
            dialect: form.dialect, targetBytes: chunkBytes, targetRecords: chunkRecords,
            byteOrderMarkLength: (text == nil ? markBytes : 0) + form.skippedBytes, skippedLines: form.skippedLines,
            hasHeader: form.hasHeader)
        var transcoder = form.characters.encoding.transcodingSource.map { UTF8Transcoder(from: $0) }
        let writer: (any ObjectWriter)?
        if let text { writer = try await store.writer(text) } else { writer = nil }
        var digest = SHA256()
        var characters = looksAtCharacters ? EncodingDetector() : nil
        var chunks: [CSVChunk] = []
        var markLeft = text == nil ? 0 : markBytes
        let member = try await source.read { piece in
            // Beside all that follows, which takes as long.
            let present = digest
            async let more = Self.adding(piece, to: present)
            characters?.feed(piece)
            var body = piece
            if markLeft > 0 {
                body.removeFirst(min(markLeft, piece.count))
                markLeft -= piece.count - body.count
            }
            let utf8 = transcoder?.feed(body) ?? body
            chunks += boundaries.feed(utf8)
            try await writer?.append(utf8)
            digest = await more
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
            characters: characters, member: member)
    }
}
