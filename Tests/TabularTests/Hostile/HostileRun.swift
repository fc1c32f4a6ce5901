import Tabular

/// A stranger's bytes on every way through the room. The seeded test and the coverage-guided one (`make fuzz`) both
/// call this, so that they hold the same promises.
enum HostileRun {
    /// What a compressed input may grow to.
    static let maximumBytes = 1 << 20

    /// The broken promise; nil when all were kept. The first byte of the input chooses the way.
    static func fault(_ input: [UInt8]) -> String? {
        guard let way = input.first else { return nil }
        let body = Array(input.dropFirst())
        switch way % 4 {
        case 0: return gzip(body, way)
        case 2: return archive(body)
        default: return text(body, cutAt: Int(way))
        }
    }

    private static func gzip(_ bytes: [UInt8], _ way: UInt8) -> String? {
        // Half the runs get the magic for nothing.
        let packed = way.isMultiple(of: 8) ? bytes : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + bytes
        var output: [UInt8] = []
        do {
            var reader = try GzipReader(maximumBytes: maximumBytes)
            try packed.withUnsafeBufferPointer { (storage) throws(TabularError) in
                try reader.feed(UnsafeRawBufferPointer(storage)) { output.append(contentsOf: $0) }
            }
            try reader.finish()
        } catch {
            if error.message.isEmpty { return "an error without a message" }
        }
        if output.count > maximumBytes { return "gzip handed out \(output.count) bytes" }
        return output.count > 1 << 16 ? nil : text(output, cutAt: Int(way))
    }

    /// As a zip archive and as a workbook: what comes out is within the bounds, and a workbook's CSV is sound.
    private static func archive(_ bytes: [UInt8]) -> String? {
        var unpacked = 0
        do throws(TabularError) {
            var directory = try ZipDirectory(archiveBytes: bytes.count, limits: ZipLimits(maximumBytes: maximumBytes))
            while let range = directory.wanted { try directory.take(part(bytes, range)) }
            for member in directory.members {
                var reader = try ZipMemberReader(member)
                while let range = reader.wanted { try reader.take(part(bytes, range)) { unpacked += $0.count } }
                try reader.finish()
            }
        } catch {
            if error.message.isEmpty { return "an error without a message" }
        }
        if unpacked > maximumBytes { return "zip handed out \(unpacked) bytes" }
        return workbook(bytes)
    }

    private static func workbook(_ bytes: [UInt8]) -> String? {
        var csv: [UInt8] = []
        do throws(TabularError) {
            let limits = XlsxLimits(maximumBytes: maximumBytes, maximumSharedStringBytes: 1 << 16)
            var reader = try XlsxReader(archiveBytes: bytes.count, limits: limits)
            while let range = reader.wanted { try reader.take(part(bytes, range)) { csv += $0 } }
        } catch {
            if error.message.isEmpty { return "an error without a message" }
        }
        if csv.count > maximumBytes { return "the workbook became \(csv.count) bytes" }
        if UTF8Validation.firstFault(in: csv) != nil { return "the workbook's CSV is not UTF-8" }
        var reader = CSVReader(csv)
        while reader.next() {
            if reader.defect != nil { return "record \(reader.recordIndex) of the workbook's CSV is damaged" }
        }
        return nil
    }

    private static func part(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        Array(bytes[range.clamped(to: 0..<bytes.count)])
    }

    private static func text(_ bytes: [UInt8], cutAt: Int) -> String? {
        let sniff = CSVSniffer.sniff(bytes, isWholeFile: !cutAt.isMultiple(of: 3), maximumRecordBytes: 1 + cutAt * 4)
        guard (0...1).contains(sniff.confidence), sniff.reasons.allSatisfy({ !$0.isEmpty }) else {
            return "confidence \(sniff.confidence)"
        }
        if sniff.refusal == nil, sniff.columnCount < 2, !sniff.mustAsk { return "one column was taken silently" }
        let body = Array(bytes.dropFirst(sniff.byteOrderMarkLength))
        var text = body
        if let source = sniff.transcodingSource {
            var transcoder = UTF8Transcoder(from: source)
            let half = min(cutAt, body.count)
            text = transcoder.feed(Array(body[..<half])) + transcoder.feed(Array(body[half...])) + transcoder.finish()
            if UTF8Validation.firstFault(in: text) != nil { return "the transcoder wrote what is not UTF-8" }
            if text.count > 3 * body.count + 3 { return "\(body.count) bytes became \(text.count)" }
        }
        if sniff.preambleBytes > text.count { return "the table begins behind the file" }
        return records(text, sniff, cutAt: cutAt)
    }

    /// Reads the text as a whole and in the chunks that the boundaries make of it.
    private static func records(_ text: [UInt8], _ sniff: CSVSniff, cutAt: Int) -> String? {
        var boundaries = RecordBoundaries(
            dialect: sniff.dialect, targetBytes: 1 + cutAt * 2, byteOrderMarkLength: sniff.preambleBytes,
            skippedLines: sniff.preambleLines, hasHeader: false)
        let cut = min(cutAt, text.count)
        let chunks =
            boundaries.feed(Array(text[..<cut])) + boundaries.feed(Array(text[cut...])) + boundaries.finish()
        var whole = CSVReader(
            text, range: sniff.preambleBytes..<text.count, dialect: sniff.dialect, firstLine: sniff.preambleLines + 1)
        for chunk in chunks {
            var reader = CSVReader(
                text, range: chunk.byteRange, dialect: sniff.dialect, firstLine: chunk.firstLine,
                firstRecord: chunk.firstRecord)
            while reader.next() {
                repeat {
                    guard whole.next() else { return "the chunks hold more records than the file" }
                } while whole.defect == .overlongLine
                if reader.byteRange != whole.byteRange || reader.line != whole.line || reader.defect != whole.defect
                    || reader.recordIndex != whole.recordIndex || reader.fieldCount != whole.fieldCount
                {
                    return "record \(whole.recordIndex) reads otherwise within its chunk"
                }
                if let fault = fields(reader) { return fault }
            }
        }
        while whole.next() {
            if whole.defect != .overlongLine { return "record \(whole.recordIndex) is in no chunk" }
        }
        return nil
    }

    private static func fields(_ reader: CSVReader) -> String? {
        var valueBytes = 0
        for index in 0..<reader.fieldCount {
            let value = reader.unescaped(index)
            valueBytes += value.count
            if reader.fieldString(index) != String(decoding: value, as: UTF8.self) { return "a field reads two ways" }
            if let number = reader.double(index), !number.isFinite { return "a number that is none" }
            _ = (reader.integer(index), reader.bool(index), reader.isValidUTF8(index), reader.hash64(index))
        }
        return valueBytes <= reader.byteRange.count ? nil : "the values are longer than their record"
    }
}
