import Catalog
import Domain
import Foundation
import Jobs
import ObjectStore
import Tabular

/// First stage: archives are unpacked; every file's dialect, header and record boundaries; then the first chunks are released.
struct ValidateSchemaHandler: JobHandler {
    let stages: ImportStages

    func handle(_ job: Job<ValidateSchemaJob>) async throws -> Disposition {
        let id = job.payload.sessionID
        guard let packed = try await stages.work(for: job, session: id) else { return .done }
        let work: ImportStages.Work
        do {
            guard let unpacked = try await unpack(job, packed) else { return .done }
            work = unpacked
        } catch let refusal as ArchiveUnpacking.Refusal {
            let issue = ImportIssue(
                .error, .fileFormat, fileIndex: refusal.file.index, record: -1, line: 1, column: "", value: "",
                message: refusal.message)
            try await fail(job, packed, [], issues: [issue], because: issue)
            return .done
        }
        let findings = Self.boundingColumns(try await survey(job, work))
        let issues = findings.flatMap(\.issues)
        if let first = issues.first(where: { $0.severity == .error }) {
            try await fail(job, work, findings, issues: issues, because: first)
            return .done
        }
        try await stages.save(findings.map(\.layout), ofSession: id)
        let rows = findings.flatMap(\.chunks).reduce(0) { $0 + $1.recordCount }
        try await release(job, findings, chunks: Self.numbered(findings.map(\.chunks)), rows: rows)
        return .done
    }

    func abandon(_ job: Job<ValidateSchemaJob>, because reason: String) async throws {
        try await stages.abandon(session: job.payload.sessionID, because: reason)
    }

    /// The work with its archives unpacked, which the catalog then knows; nil when the session ended meanwhile.
    /// - Throws: `ArchiveUnpacking.Refusal`.
    private func unpack(
        _ job: Job<ValidateSchemaJob>, _ work: ImportStages.Work
    ) async throws -> ImportStages.Work? {
        let unpacking = ArchiveUnpacking(store: stages.store, limits: stages.limits, schema: work.schema)
        guard let files = try await unpacking.run(work.files) else { return work }
        let id = work.session.sessionID
        try await stages.catalog.write { writer in
            // Another run may have done so and gone on.
            if try writer.files(ofSession: id) == work.files { try writer.replaceFiles(ofSession: id, with: files) }
        }
        return try await stages.work(for: job, session: id)
    }

    /// A few files at once, findings in the order of the files; those of the run before are not looked at again.
    private func survey(
        _ job: Job<ValidateSchemaJob>, _ work: ImportStages.Work
    ) async throws -> [FileSurvey.Findings] {
        var checkpoint = SurveyCheckpoint(job.checkpoint)
        let left = work.files.filter { checkpoint.findings[$0.index] == nil }
        let limits = stages.limits
        try await withThrowingTaskGroup(of: (Int, FileSurvey.Findings).self) { group in
            for (position, file) in left.enumerated() {
                if position >= limits.filesAtOnce, let (index, found) = try await group.next() {
                    try await checkpoint.add(index, found, to: job, every: limits.checkpointSeconds)
                }
                let survey = FileSurvey(
                    store: stages.store, limits: limits, file: file, entity: try work.entity(of: file),
                    schema: work.schema, maximumTextBytes: Self.maximumTextBytes(of: file, work.files, limits))
                group.addTask { (file.index, try await survey.run()) }
            }
            for try await (index, found) in group {
                try await checkpoint.add(index, found, to: job, every: limits.checkpointSeconds)
            }
        }
        return work.files.compactMap { checkpoint.findings[$0.index] }
    }

    /// Refuses the file with which all files together have more columns than their report may, which has those of all.
    private static func boundingColumns(_ findings: [FileSurvey.Findings]) -> [FileSurvey.Findings] {
        var findings = findings
        var columns = ReportColumns()
        for file in findings.indices {
            _ = columns.add(findings[file].layout.recordColumns)
            guard columns.names.count > XlsxLimits.maximumColumns else { continue }
            findings[file].issues.append(
                ImportIssue(
                    .error, .fileFormat, fileIndex: file, record: -1, line: 1, column: "", value: "",
                    message: "with this file the session has \(columns.names.count) columns, and its report may have "
                        + "\(XlsxLimits.maximumColumns): leave out those that are not imported, or import the files in "
                        + "several sessions"))
            break
        }
        return findings
    }

    /// What a file may unpack to: packed files out of one archive share what one file may, by their sizes, and each may have a little.
    private static func maximumTextBytes(of file: ImportFile, _ files: [ImportFile], _ limits: ImportLimits) -> Int {
        let most = Int(limits.maximumFileBytes)
        guard let archive = file.archive, let size = file.size else { return most }
        let all = files.reduce(0) { $0 + ($1.archive == archive ? Double($1.size ?? 0) : 0) }
        return min(most, max(limits.leastTextBytes, Int(Double(most) * Double(size) / max(all, 1))))
    }

    /// Ordinals over all files, in input order.
    private static func numbered(_ chunks: [[CSVChunk]]) -> [ImportChunk] {
        var numbered: [ImportChunk] = []
        for (file, chunks) in chunks.enumerated() {
            for chunk in chunks {
                numbered.append(
                    ImportChunk(
                        ordinal: numbered.count, fileIndex: file, byteOffset: chunk.byteOffset,
                        byteLength: chunk.byteLength, firstLine: chunk.firstLine, firstRecord: chunk.firstRecord))
            }
        }
        return numbered
    }

    private func release(
        _ job: Job<ValidateSchemaJob>, _ findings: [FileSurvey.Findings], chunks: [ImportChunk], rows: Int
    ) async throws {
        let limits = stages.limits
        try await stages.apply(job, toSession: job.payload.sessionID) { writer, session in
            session.stage = .validate
            session.chunksTotal = chunks.count
            session.rowsTotal = Int64(rows)
            session.bytesTotal = chunks.reduce(0) { $0 + Int64($1.byteLength) }
            try Self.save(findings, of: session, writer)
            try writer.insert(chunks, session: session.sessionID)
            if chunks.isEmpty {
                session.stage = .resolve
                try writer.enqueue(ResolveJob(sessionID: session.sessionID), "resolve", of: session)
            } else {
                try writer.releaseChunks(of: session, limit: limits.chunksInFlight, filesAtOnce: limits.filesAtOnce)
            }
        }
    }

    /// How each file was read stays with it.
    private static func save(
        _ findings: [FileSurvey.Findings], of session: ImportSession, _ writer: any CatalogWriter
    ) throws {
        for (found, var file) in zip(findings, try writer.files(ofSession: session.sessionID)) {
            file.reading = found.reading
            try writer.save(file)
        }
    }

    /// Ends the session with a report of what is wrong with its files.
    private func fail(
        _ job: Job<ValidateSchemaJob>, _ work: ImportStages.Work, _ findings: [FileSurvey.Findings],
        issues: [ImportIssue], because first: ImportIssue
    ) async throws {
        try await stages.writeReport(
            of: work.session, files: work.files, headers: work.files.map { _ in [] }, parts: 1
        ) { _ in ImportStages.ReportPart(issues: ReportIssues(before: issues)) }
        let name = work.files[first.fileIndex].fileName
        let count = issues.count { $0.severity == .error }
        let more = count > 1 ? " (and \(count - 1) more, see the report)" : ""
        let code: ErrorCode = first.code == .fileSchema ? .schemaValidationFailed : .invalidFileFormat
        try await stages.apply(job, toSession: job.payload.sessionID) { writer, session in
            try Self.save(findings, of: session, writer)
            SessionStep.fail(
                &session, code, "\(name): \(first.message)\(more). Nothing was imported.", at: Date.now.iso8601)
        }
    }
}
