import Domain
import Foundation
import Jobs
import ObjectStore
import Synchronization

/// Third stage: duplicates and references across files and catalog, the error report, the threshold.
struct ResolveHandler: JobHandler {
    let stages: ImportStages

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        let id = job.payload.sessionID
        guard let work = try await stages.work(for: job, session: id) else { return .done }
        // What was resolved stands: a late run would look at a newer catalog than the one that was counted against.
        guard work.session.stage == .resolve, work.session.status != .validated else { return .done }
        stages.knownRecords.drop(session: id)
        let chunks = try await stages.catalog.read { try $0.chunks(ofSession: id) }
        let staging = ChunkStaging(stages: stages, work: work, logger: job.logger)
        var (resolution, counts, refusedKeys) = try await gather(work, chunks, staging)
        for (file, layout) in try await stages.layouts(ofSession: id).enumerated() {
            if !layout.overlongLines.isEmpty { refusedKeys.add(keyless: layout.overlongLines.count, file: file) }
            if layout.isReport { refusedKeys.add(report: file) }
            counts[file].read += layout.overlongLines.count
            counts[file].refused += layout.overlongLines.count
            counts[file].warnings += layout.warnings.count
        }
        resolution.departing = DepartingRows(work.schema, files: try work.filesByTable(), refusedKeys)
        let version = try await resolve(&resolution)
        let refused = resolution.refusedPositions()
        for (chunk, positions) in refused { counts[chunks[chunk].fileIndex].refused += positions.count }
        for (chunk, warnings) in resolution.warnings() { counts[chunks[chunk].fileIndex].warnings += warnings }
        try await stages.store.put(RefusedRows.key(session: id, version: version), RefusedRows.encoded(refused))
        try await stages.store.put(
            ObjectLayout.resolvedKeys(session: id, version: version), resolution.resolvedKeys().encoded())
        var ofFiles: [ImportIssue] = []
        if work.schema.replaces {
            let replacing = ReplacementStage(stages: stages, work: work.resolved(counts, at: version))
            ofFiles = try await replacing.run(resolution, refusedKeys, chunks)
            for issue in ofFiles { counts[issue.fileIndex].warnings += 1 }
        }
        try await writeReport(work, chunks, staging, resolution, ofFiles)
        try await finish(job, counts, threshold: work.schema.errorThreshold, version: version)
        return .done
    }

    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {
        try await stages.abandon(session: job.payload.sessionID, because: reason)
    }

    private static let chunksReadAtOnce = 4

    private func gather(
        _ work: ImportStages.Work, _ chunks: [ImportChunk], _ staging: ChunkStaging
    ) async throws -> (Resolution, [RecordCounts], RefusedKeys) {
        var refusedKeys = RefusedKeys()
        let entities = try work.files.map(work.entity)
        var resolution = Resolution(
            schema: work.schema, fileOfChunk: chunks.map(\.fileIndex), fileNames: work.files.map(\.fileName),
            entityOfFile: entities, importer: work.session.importer, rows: Int(work.session.rowsTotal))
        var counts = [RecordCounts](repeating: RecordCounts(), count: work.files.count)
        try await inOrder(chunks.count, atOnce: Self.chunksReadAtOnce) { position in
            (chunks[position], try await staging.keys(of: chunks[position]))
        } use: { chunk, keys in
            let table = entities[chunk.fileIndex].table
            counts[chunk.fileIndex] += RecordCounts(read: keys.read, refused: keys.refused, warnings: keys.warnings)
            resolution.append(keys, chunk: chunk.ordinal, table: table)
            refusedKeys.add(keys, table: table, file: chunk.fileIndex)
        }
        return (resolution, counts, refusedKeys)
    }

    /// Checks against one state of the catalog and returns its version: the merge looks again if it has moved on.
    private func resolve(_ resolution: inout Resolution) async throws -> Int64 {
        let held = HeldResolution(resolution)
        // The rows of millions of records are not to be copied when they are changed, so nobody else may hold them.
        resolution = Resolution(schema: resolution.schema, fileOfChunk: [], fileNames: [], entityOfFile: [])
        let version = try await stages.catalog.read { reader in
            try held.resolution.withLock { resolution in
                try resolution.run(
                    existing: { keys, table in try reader.existing(keys, in: table) },
                    hierarchy: { try TerritoryHierarchy(of: reader) },
                    territories: { keys, table, body in try reader.forEachTerritory(ofRows: keys, in: table, body) },
                    texts: { table, column, isFilled, body in
                        try reader.forEachText(in: table, column: column, isFilled: isFilled, body)
                    })
            }
            return try reader.version()
        }
        resolution = held.resolution.withLock { $0 }
        return version
    }

    private func writeReport(
        _ work: ImportStages.Work, _ chunks: [ImportChunk], _ staging: ChunkStaging, _ resolution: Resolution,
        _ ofFiles: [ImportIssue]
    ) async throws {
        let id = work.session.sessionID
        let layouts = try await stages.layouts(ofSession: id)
        // Headers and overlong lines lie in no chunk: each goes before the chunk that begins after it.
        var outside = layouts.enumerated().flatMap { file, layout in
            layout.warnings + ofFiles.filter { $0.fileIndex == file }
                + layout.overlongLines.map { line in
                    ImportIssue(
                        .error, .tooLong, fileIndex: file, record: line.recordIndex ?? 0, line: line.line, column: "",
                        value: "\(line.byteLength) bytes", message: "the line is longer than a record may be")
                }
        }
        var before = chunks.map { chunk in
            // What is said of a whole file stands before its first record, though a file without a header has that on line 1.
            let split = outside.firstIndex { issue in
                (issue.fileIndex, issue.record < 0 ? 0 : issue.line) >= (chunk.fileIndex, chunk.firstLine)
            }
            defer { outside.removeFirst(split ?? outside.count) }
            return Array(outside[..<(split ?? outside.count)])
        }
        before.append(outside)
        try await stages.writeReport(
            of: work.session, files: work.files, headers: layouts.map(\.recordColumns), parts: chunks.count + 1
        ) { [before] position in
            let before = before[position]
            guard position < chunks.count else {
                return ImportStages.ReportPart(issues: ReportIssues(before: before))
            }
            let chunk = chunks[position]
            let issues = ReportIssues(
                before: before, own: try await staging.issues(of: chunk),
                across: resolution.issues(ofChunk: chunk.ordinal))
            guard issues.areAboutRecords else { return ImportStages.ReportPart(issues: issues) }
            let layout = layouts[chunk.fileIndex]
            let records = OriginalRecords(
                try await stages.bytes(of: chunk, session: id, layout: layout), layout: layout,
                firstRecord: chunk.firstRecord)
            return ImportStages.ReportPart(issues: issues, records: records)
        }
    }

    private func finish(
        _ job: Job<ResolveJob>, _ counts: [RecordCounts], threshold: Double?, version: Int64
    ) async throws {
        try await stages.apply(job, toSession: job.payload.sessionID) { writer, session in
            var total = RecordCounts()
            for (index, var file) in try writer.files(ofSession: session.sessionID).enumerated() {
                file.counts = counts[index]
                total += counts[index]
                try writer.save(file)
            }
            session.counts = total
            session.pinnedVersion = version
            let share = total.read == 0 ? 0 : Double(total.refused) / Double(total.read)
            if let threshold, share > threshold {
                SessionStep.fail(
                    &session, .schemaValidationFailed,
                    "\(total.refused) of \(total.read) records are refused, more than the schema's threshold of "
                        + "\(Int((threshold * 100).rounded())) %. Nothing was merged; the report says what is wrong.",
                    at: Date.now.iso8601)
                return
            }
            try writer.enqueue(SessionStep.validated(&session), of: session)
        }
    }
}

/// Lends a resolution to the catalog's thread.
private final class HeldResolution: Sendable {
    let resolution: Mutex<Resolution>

    init(_ resolution: Resolution) { self.resolution = Mutex(resolution) }
}
