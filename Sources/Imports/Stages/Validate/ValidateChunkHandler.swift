import Domain
import Jobs
import Logging
import ObjectStore
import Tabular

/// Second stage: parse, map, transform and check one chunk. Its done-mark releases the next chunk; the last one, whichever
/// it is, asks for the resolve stage.
struct ValidateChunkHandler: JobHandler {
    let stages: ImportStages

    func handle(_ job: Job<ValidateChunkJob>) async throws -> Disposition {
        let id = job.payload.sessionID
        let chunk = job.payload.chunk
        guard let work = try await stages.work(for: job, session: id) else { return .done }
        let entry = try await stages.plan(of: work, file: chunk.fileIndex)
        let bytes = try await stages.bytes(of: chunk, session: id, layout: entry.layout)
        guard bytes.count == chunk.byteLength else {
            return .dead(reason: "\(work.files[chunk.fileIndex].fileName) is shorter than it was when it was sealed")
        }
        let known = try await stages.knownRecords(of: work, file: chunk.fileIndex, entry, job.logger)
        let validated = ChunkValidation(chunk: chunk, entry: entry, schema: work.schema, known: known?.records)
            .run(bytes)
        // Where none was known all rows are staged, whatever it was that might have been.
        let stand = validated.known.count > 0 ? known?.stand : nil
        try await ChunkStaging(stages: stages, work: work, logger: job.logger)
            .put(validated, stand, chunk: chunk.ordinal)
        try await markDone(job, validated.keys, stand)
        return .done
    }

    func abandon(_ job: Job<ValidateChunkJob>, because reason: String) async throws {
        let chunk = job.payload.chunk
        try await stages.abandon(
            session: job.payload.sessionID,
            because: "file \(chunk.fileIndex + 1), from line \(chunk.firstLine) on: \(reason)")
    }

    private func markDone(_ job: Job<ValidateChunkJob>, _ keys: KeyCollector, _ known: KnownStand?) async throws {
        let chunk = job.payload.chunk
        let limits = stages.limits
        let (read, refused, warnings) = (keys.read, keys.refused, keys.warnings)
        // Hundreds of chunks each waited as long for a busy disk as they took.
        try await stages.apply(job, toSession: job.payload.sessionID, isSynchronized: false) { writer, session in
            guard try writer.markDone(chunk: chunk.ordinal, ofSession: session.sessionID, known: known) else { return }
            session.chunksDone += 1
            session.bytesDone += Int64(chunk.byteLength)
            session.counts.read += read
            session.counts.refused += refused
            session.counts.warnings += warnings
            if session.chunksDone == session.chunksTotal {
                session.stage = .resolve
                try writer.enqueue(ResolveJob(sessionID: session.sessionID), "resolve", of: session)
            } else {
                try writer.releaseChunks(of: session, limit: 1, filesAtOnce: limits.filesAtOnce)
            }
        }
    }
}

extension ImportStages {
    /// The bytes of a chunk; fewer when its file is shorter than it was.
    func bytes(of chunk: ImportChunk, session: String, layout: FileLayout) async throws -> [UInt8] {
        let object =
            layout.isRewritten
            ? ObjectLayout.fileText(session: session, file: chunk.fileIndex)
            : ObjectLayout.sealedFile(session: session, file: chunk.fileIndex)
        return try await store.get(object, offset: chunk.byteOffset, count: chunk.byteLength)
    }

    /// The compiled plan of a file.
    func plan(of work: Work, file: Int) async throws -> PlanCache.Entry {
        try await plans.entry(session: work.session.sessionID, file: file) {
            let layouts = try await layouts(ofSession: work.session.sessionID)
            let layout = layouts[file]
            let entity = try work.entity(of: work.files[file])
            let plan = try RecordPlan(entity: entity, schema: work.schema, header: layout.header)
            return PlanCache.Entry(
                plan: plan, layout: layout, files: entity.files.map(GlobPattern.init),
                context: try KnownContext(work.schema, entity: work.files[file].entity, layout: layout)?.name())
        }
    }

    /// The known records that a file is validated against; nil where there are none.
    func knownRecords(
        of work: Work, file: Int, _ entry: PlanCache.Entry, _ logger: Logger
    ) async throws -> KnownRecordsCache.Entry? {
        guard let context = entry.context else { return nil }
        return try await knownRecords.entry(session: work.session.sessionID, context: context) {
            var fileBytes = work.files[file].size ?? 0
            if entry.layout.isRewritten {
                let text = ObjectLayout.fileText(session: work.session.sessionID, file: file)
                fileBytes = try await store.size(text) ?? fileBytes
            }
            return try await KnownRecordsRegister(catalog: catalog, store: store, logger: logger)
                .read(
                    context, of: entry.plan.table, columns: work.decisiveColumns(of: entry.plan.table),
                    fileBytes: fileBytes)
        }
    }
}

extension ObjectLayout {
    /// The staged rows of a chunk: all of them, or those that were not known.
    static func rows(session: String, chunk: Int, _ known: KnownStand?) -> ObjectKey {
        known.map { unknownRows(session: session, chunk: chunk, known: $0.name) }
            ?? stagedRows(session: session, chunk: chunk)
    }
}
