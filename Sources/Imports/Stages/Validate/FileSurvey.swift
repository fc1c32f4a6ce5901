import Crypto
import Domain
import Foundation
import ObjectStore
import Tabular

/// Looks at one uploaded file as a whole: seals it, finds its dialect, header and record boundaries.
struct FileSurvey {
    /// What was found: chunks without ordinals, or why the file cannot be imported.
    struct Findings: Codable, Sendable {
        var layout: FileLayout
        var chunks: [CSVChunk] = []
        var issues: [ImportIssue] = []
    }

    private static let pieceBytes = 1 << 20

    let store: any ObjectStore
    let limits: ImportLimits
    let file: ImportFile
    let entity: ImportEntity
    let schema: ImportSchema

    /// Surveys the file. Running it again finds the same.
    func run() async throws -> Findings {
        let sealed = ObjectLayout.sealedFile(session: file.sessionID, file: file.index)
        let isSealed = try await store.size(sealed) != nil
        let source = isSealed ? sealed : file.uploadedObject ?? sealed
        let head = try await store.get(source, offset: 0, count: Self.pieceBytes)
        let sniff = CSVSniffer.sniff(head, isWholeFile: head.count < Self.pieceBytes)
        if let refusal = sniff.refusal { return refused(.fileFormat, refusal.message) }

        var boundaries = RecordBoundaries(
            dialect: sniff.dialect, targetBytes: limits.chunkBytes,
            byteOrderMarkLength: sniff.transcodingSource == nil ? sniff.byteOrderMarkLength : 0)
        var chunks: [CSVChunk] = []
        let isUnchanged = try await pass(over: source, sealingAs: sealed, sniff) { chunks += boundaries.feed($0) }
        guard isUnchanged else {
            return refused(.fileFormat, "the stored file is not the one that was uploaded; upload it again")
        }
        chunks += boundaries.finish()
        guard let header = boundaries.header, header.recordCount <= 1 else {
            return refused(
                .fileFormat, "the header is longer than a record may be, or a quotation mark in it is never closed")
        }
        var names = try await headerNames(header, sniff.dialect, sealed)
        let isReport = ReportFormat.isReport(names)
        if isReport { names = ReportFormat.masked(names) }
        var findings = Findings(
            layout: FileLayout(
                dialect: sniff.dialect, header: names, overlongLines: boundaries.overlongLines, isReport: isReport),
            chunks: chunks)
        findings.issues = headerIssues(names)
        findings.layout.warnings = findings.issues.filter { $0.severity == .warning }
        return findings
    }

    /// Reads the source once, turning it into UTF-8 where it is not, and leaves it sealed. False when its hash is not
    /// the upload's.
    private func pass(
        over source: ObjectKey, sealingAs sealed: ObjectKey, _ sniff: CSVSniff, _ feed: ([UInt8]) -> Void
    ) async throws -> Bool {
        var transcoder = sniff.transcodingSource.map { UTF8Transcoder(from: $0) }
        let writer = transcoder == nil ? nil : try await store.writer(sealed)
        var digest = SHA256()
        var offset = 0
        while true {
            try Task.checkCancellation()
            let piece = try await store.get(source, offset: offset, count: Self.pieceBytes)
            if piece.isEmpty { break }
            digest.update(data: piece)
            let body = offset == 0 && transcoder != nil ? Array(piece.dropFirst(sniff.byteOrderMarkLength)) : piece
            offset += piece.count
            let text = transcoder?.feed(body) ?? body
            feed(text)
            try await writer?.append(text)
        }
        if var last = transcoder {
            let text = last.finish()
            feed(text)
            try await writer?.append(text)
        }
        if source == sealed { return true }
        let hash = Hexadecimal.text(digest.finalize())
        guard hash == file.sha256 else {
            await writer?.discard()
            return false
        }
        if let writer {
            try await writer.commit()
            try await store.delete(source)
        } else {
            try await store.move(source, to: sealed)
        }
        return true
    }

    private func headerNames(
        _ header: CSVChunk, _ dialect: CSVDialect, _ sealed: ObjectKey
    ) async throws -> [String] {
        let bytes = try await store.get(sealed, offset: header.byteOffset, count: header.byteLength)
        var reader = CSVReader(bytes, dialect: dialect)
        guard reader.next() else { return [] }
        return (0..<reader.fieldCount).map { reader.fieldString($0).trimming { $0.isWhitespace } }
    }

    private func headerIssues(_ names: [String]) -> [ImportIssue] {
        let repeated = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 && !$0.key.isEmpty }.keys.sorted()
        var issues = repeated.map { name in
            issue(.fileSchema, name, "the header names the column \(name) twice", severity: .warning)
        }
        do throws(SchemaMismatch) {
            _ = try RecordPlan(entity: entity, schema: schema, header: names)
        } catch {
            issues += error.missingColumns.map { column in
                issue(
                    .fileSchema, column,
                    "entity \(file.entity) needs the column \(column); the file has: "
                        + names.prefix(40).joined(separator: ", "))
            }
        }
        return issues
    }

    private func refused(_ code: IssueCode, _ message: String) -> Findings {
        Findings(
            layout: FileLayout(dialect: CSVDialect(), header: [], overlongLines: []),
            issues: [issue(code, "", message)])
    }

    private func issue(
        _ code: IssueCode, _ column: String, _ message: String, severity: IssueSeverity = .error
    ) -> ImportIssue {
        ImportIssue(
            severity, code, fileIndex: file.index, record: -1, line: 1, column: column, value: "", message: message)
    }
}
