import Crypto
import Domain
import Foundation
import ObjectStore
import Tabular

/// Looks at one uploaded file as a whole: seals it, finds how it is to be read, its header and record boundaries. What is no
/// bare UTF-8 text gets one written beside it, which the chunks refer to; the file itself stays as it came.
struct FileSurvey {
    /// What was found: chunks without ordinals, or why the file cannot be imported.
    struct Findings: Codable, Sendable {
        var layout: FileLayout
        var chunks: [CSVChunk] = []
        var issues: [ImportIssue] = []
        /// How it was read, or would have been; nil when it cannot be.
        var reading: FileReading?
    }

    /// A file as far as its beginning tells.
    private struct Look {
        var source: FileSource
        let head: [UInt8]
        let stated: CSVStatement
        var isWhole: Bool { head.count < FileSource.pieceBytes }
        /// Whether the rest of the file may tell that its characters are others.
        var mayBeMistaken: Bool { stated.encoding == nil && !isWhole }
    }

    let store: any ObjectStore
    let limits: ImportLimits
    let file: ImportFile
    let entity: ImportEntity
    let schema: ImportSchema
    /// How long the text may be that the file is unpacked to.
    let maximumTextBytes: Int

    /// Whether what is stated is stated of all files in an archive: some of it may be about the others.
    private var isOneOfMany: Bool { file.archive != nil }
    private var sealed: ObjectKey { ObjectLayout.sealedFile(session: file.sessionID, file: file.index) }

    /// Surveys the file. Running it again finds the same.
    func run() async throws -> Findings {
        do {
            return try await survey()
        } catch let refusal as FileRefusal {
            return refused(refusal)
        } catch let error as TabularError where error.code != .gzipUnavailable {
            return refused(FileRefusal(error.message))
        }
    }

    private func survey() async throws -> Findings {
        let isSealed = try await store.size(sealed) != nil
        let upload = isSealed ? sealed : file.uploadedObject ?? sealed
        var look = try await look(upload)
        var form = try form(look)
        if look.mayBeMistaken, form.isEncodingUnsure { form = try await closer(look) }
        try demandSure(form, look)
        var pass = try await pass(look, form) { try await seal(upload, hash: $0) }
        if look.source.container == nil { look.source = FileSource(StoredBytes(sealed, in: store)) }
        if let characters = pass.characters, characters.holdsStrayBytes {
            let other = try self.form(look, characters: characters.finding(isComplete: true))
            try demandSure(other, look)
            if other.isOtherThanUTF8 {
                form = other
                pass = try await self.pass(look, form) { _ in }
            }
        }
        return try await findings(look, form, pass)
    }

    /// Looks at the beginning of the text. What is packed is sealed first.
    private func look(_ upload: ObjectKey) async throws -> Look {
        let stated = try stated()
        let beginning = try await store.get(upload, offset: 0, count: FileSource.pieceBytes)
        guard FileSource.isPacked(beginning) else {
            guard stated.sheet == nil || isOneOfMany else { throw FileRefusal(FileSource.noSheet) }
            return Look(source: FileSource(StoredBytes(upload, in: store)), head: beginning, stated: stated.text)
        }
        if upload != sealed {
            var digest = SHA256()
            _ = try await FileSource(StoredBytes(upload, in: store)).read { piece in
                digest.update(data: piece)
                return true
            }
            try await seal(upload, hash: Hexadecimal.text(digest.finalize()))
        }
        let source = try await FileSource(
            StoredBytes(sealed, in: store), head: beginning, sheet: stated.sheet,
            maximumBytes: maximumTextBytes)
        guard source.isWorkbook else {
            guard stated.sheet == nil || isOneOfMany else { throw FileRefusal(FileSource.noSheet) }
            let head = try await source.head(FileSource.pieceBytes)
            return Look(source: source, head: head, stated: stated.text)
        }
        guard stated.text == CSVStatement() || isOneOfMany else {
            throw FileRefusal(
                "it is a workbook, of which only the sheet can be stated: leave encoding and delimiter out")
        }
        let head = try await source.head(FileSource.pieceBytes)
        return Look(
            source: source, head: head, stated: CSVStatement(encoding: .utf8, delimiter: UInt8(ascii: ",")))
    }

    /// Sessions are opened with formats that are understood.
    private func stated() throws -> StatedFormat {
        do throws(FormatFault) {
            return try StatedFormat(file.format)
        } catch {
            throw FileRefusal(error.message)
        }
    }

    private func form(_ look: Look, characters: EncodingFinding? = nil) throws(FileRefusal) -> TextForm {
        var stated = look.stated
        if let characters { stated.encoding = characters.encoding }
        let form = try TextForm(
            look.head, isWhole: look.isWhole, stated: stated, isSheet: look.source.isWorkbook, entity: entity)
        return characters.map(form.with) ?? form
    }

    private func demandSure(_ form: TextForm, _ look: Look) throws(FileRefusal) {
        guard form.isEncodingUnsure else { return }
        throw .askingForEncoding(
            form.characters, insteadOf: form.reading(container: look.source.container, member: nil))
    }

    /// How the file is read when all of it is looked at for its encoding.
    private func closer(_ look: Look) async throws -> TextForm {
        var detector = EncodingDetector()
        _ = try await look.source.read { piece in
            detector.feed(piece)
            return true
        }
        return try form(look, characters: detector.finding(isComplete: true))
    }

    private func pass(
        _ look: Look, _ form: TextForm, seal: (String) async throws -> Void
    ) async throws -> TextPass.Outcome {
        return try await TextPass(
            source: look.source, form: form, store: store, text: rewritten(look, form), chunkBytes: limits.chunkBytes,
            chunkRecords: limits.chunkRecords, looksAtCharacters: look.mayBeMistaken && !form.isOtherThanUTF8
        ).run { hash in
            // What is packed has been sealed.
            if look.source.container == nil { try await seal(hash) }
        }
    }

    /// Where the text is written anew; nil when the file is the text.
    private func rewritten(_ look: Look, _ form: TextForm) -> ObjectKey? {
        guard look.source.container != nil || form.isOtherThanUTF8 else { return nil }
        return ObjectLayout.fileText(session: file.sessionID, file: file.index)
    }

    private func seal(_ upload: ObjectKey, hash: String) async throws {
        if upload == sealed { return }
        guard hash == file.sha256 else {
            throw FileRefusal("the stored file is not the one that was uploaded; upload it again")
        }
        try await store.move(upload, to: sealed)
    }

    private func findings(_ look: Look, _ form: TextForm, _ pass: TextPass.Outcome) async throws -> Findings {
        let text = rewritten(look, form)
        var names = try await columnNames(form, pass, text ?? sealed)
        let isReport = ReportFormat.isReport(names)
        if isReport {
            guard schema.sums(of: entity.table).isEmpty else {
                throw FileRefusal(
                    "an error report holds some of the records that are added up, and their sum would take the place of "
                        + "the whole one: correct the files themselves and import all of them again")
            }
            names = ReportFormat.masked(names)
        }
        var findings = Findings(
            layout: FileLayout(
                dialect: form.dialect, header: names, overlongLines: pass.overlongLines, isReport: isReport,
                isRewritten: text != nil),
            chunks: pass.chunks)
        findings.reading = form.reading(container: look.source.container, member: pass.member)
        findings.issues = headerIssues(names)
        findings.layout.warnings = findings.issues.filter { $0.severity == .warning }
        return findings
    }

    private func columnNames(_ form: TextForm, _ pass: TextPass.Outcome, _ text: ObjectKey) async throws -> [String] {
        if !form.hasHeader, let columns = entity.columns { return columns }
        guard let header = pass.header, header.recordCount <= 1 else {
            throw FileRefusal(
                "the header is longer than a record may be, or a quotation mark in it is never closed")
        }
        let bytes = try await store.get(text, offset: header.byteOffset, count: header.byteLength)
        var reader = CSVReader(bytes, dialect: form.dialect)
        guard reader.next() else { return [] }
        guard reader.fieldCount <= XlsxLimits.maximumColumns else {
            throw FileRefusal(
                "its header has \(reader.fieldCount) columns, and a file may have \(XlsxLimits.maximumColumns), as many as a "
                    + "spreadsheet: leave out those that are not imported, or state the delimiter if these are no columns"
            )
        }
        return (0..<reader.fieldCount).map { reader.fieldString($0).trimming { $0.isWhitespace } }
    }

    private func headerIssues(_ names: [String]) -> [ImportIssue] {
        let repeated = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 && !$0.key.isEmpty }.keys.sorted()
        var issues = repeated.map { name in
            issue(
                .fileSchema, name, "the header names the column \(name.cut(to: FileRefusal.longestName)) twice",
                severity: .warning)
        }
        do throws(SchemaMismatch) {
            _ = try RecordPlan(entity: entity, schema: schema, header: names)
        } catch {
            let shown = names.prefix(40).map { $0.cut(to: FileRefusal.longestName) }.joined(separator: ", ")
            issues += error.missingColumns.map { column in
                issue(
                    .fileSchema, column,
                    "entity \(file.entity) needs the column \(column); the file has: \(shown)")
            }
        }
        return issues
    }

    private func refused(_ refusal: FileRefusal) -> Findings {
        Findings(
            layout: FileLayout(dialect: CSVDialect(), header: [], overlongLines: []),
            issues: [issue(refusal.code, "", refusal.message)], reading: refusal.reading)
    }

    private func issue(
        _ code: IssueCode, _ column: String, _ message: String, severity: IssueSeverity = .error
    ) -> ImportIssue {
        ImportIssue(
            severity, code, fileIndex: file.index, record: -1, line: 1, column: column, value: "", message: message)
    }
}
