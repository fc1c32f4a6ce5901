import Catalog
import Domain
import Logging
import ObjectStore

/// What the validation of a session's chunks leaves for the stages after it.
///
/// It is written without waiting for the disk, which took as long as all the rest of a validation on a slow one, and sealed
/// (`SealedBytes`). What a power cut took is seen when it is read, and made again of the file, which is synchronised.
struct ChunkStaging {
    private static let chunksAtOnce = 2

    let stages: ImportStages
    let work: ImportStages.Work
    let logger: Logger

    private var session: String { work.session.sessionID }

    /// Keeps what came of a chunk; at once, as each waits for the file system.
    /// - Parameter stand: the known records without which its rows are; nil where these are all.
    func put(_ validated: ChunkValidation.Result, _ stand: KnownStand?, chunk: Int) async throws {
        async let known: Void = putKnown(validated.known, stand, chunk: chunk)
        async let rows: Void = stages.store.putUnsynchronized(
            ObjectLayout.rows(session: session, chunk: chunk, stand), validated.rows)
        async let keys: Void = put(
            validated.keys.encoded(), as: ObjectLayout.stagedKeys(session: session, chunk: chunk))
        async let issues: Void = put(
            StagedIssues.encoded(validated.issues), as: ObjectLayout.stagedIssues(session: session, chunk: chunk))
        _ = try await (known, rows, keys, issues)
    }

    /// The keys of a chunk's rows.
    func keys(of chunk: ImportChunk) async throws -> StagedKeys {
        let table = try work.entity(of: work.files[chunk.fileIndex]).table
        let columns = References(work.schema, from: table).columns.count
        return try await reading(chunk) {
            let object = ObjectLayout.stagedKeys(session: session, chunk: chunk.ordinal)
            return try StagedKeys(try await sealed(object), referenceColumns: columns)
        } orOf: { validated in
            try StagedKeys(validated.keys.encoded(), referenceColumns: columns)
        }
    }

    /// What was found in a chunk's records.
    func issues(of chunk: ImportChunk) async throws -> StagedIssues {
        try await reading(chunk) {
            try StagedIssues(
                reading: try await sealed(ObjectLayout.stagedIssues(session: session, chunk: chunk.ordinal)))
        } orOf: { validated in
            StagedIssues(validated.issues)
        }
    }

    /// The positions of a chunk's known rows; nil when they are lost, so that it counts as one without any.
    func knownRows(of chunk: ImportChunk) async throws -> RowPositions? {
        guard let known = chunk.known else { return RowPositions() }
        do {
            return RowPositions(
                try await sealed(ObjectLayout.knownRows(session: session, chunk: chunk.ordinal, known: known.name)))
        } catch  where StagedDataError.isOne(error) {
            return nil
        }
    }

    /// Stages all rows of a chunk.
    func stageAllRows(of chunk: ImportChunk) async throws {
        let object = ObjectLayout.stagedRows(session: session, chunk: chunk.ordinal)
        try await stages.store.putUnsynchronized(object, try await validate(chunk).rows)
    }

    /// Has all rows of those chunks staged anew whose staged rows are lost.
    func restoreRows(of chunks: [ImportChunk]) async throws {
        try await inOrder(chunks.count, atOnce: Self.chunksAtOnce) { position in
            let chunk = chunks[position]
            try await reading(chunk) {
                let object = ObjectLayout.rows(session: session, chunk: chunk.ordinal, chunk.known)
                _ = try await sealed(object)
            } orOf: { _ in
            }
        } use: { _ in
        }
    }

    /// Clears what was staged, as the session is merged: most of it has not reached the disk by then and need not. What goes wrong
    /// is told and left to the sweeper.
    func discard(_ chunks: [ImportChunk]) async {
        do {
            for chunk in chunks {
                let number = chunk.ordinal
                var objects = [
                    ObjectLayout.rows(session: session, chunk: number, chunk.known),
                    ObjectLayout.stagedKeys(session: session, chunk: number),
                    ObjectLayout.stagedIssues(session: session, chunk: number),
                ]
                if let known = chunk.known {
                    objects.append(ObjectLayout.knownRows(session: session, chunk: number, known: known.name))
                }
                for object in objects { try await stages.store.delete(object) }
            }
        } catch {
            logger.warning("staged data is left to the sweeper", metadata: ["reason": "\(error)"])
        }
    }

    /// Reads what is staged of a chunk; where it is lost, all of it is made again, without looking for known records.
    private func reading<Value>(
        _ chunk: ImportChunk, _ read: () async throws -> Value, orOf made: (ChunkValidation.Result) throws -> Value
    ) async throws -> Value {
        do {
            return try await read()
        } catch  where StagedDataError.isOne(error) {
            logger.warning(
                "staged data of a chunk is not there as this program writes it, as after a power cut or an upgrade; it is made again",
                metadata: ["chunk": "\(chunk.ordinal)"])
            let validated = try await validate(chunk)
            try await put(validated, nil, chunk: chunk.ordinal)
            return try made(validated)
        }
    }

    private func validate(_ chunk: ImportChunk) async throws -> ChunkValidation.Result {
        let entry = try await stages.plan(of: work, file: chunk.fileIndex)
        let bytes = try await stages.bytes(of: chunk, session: session, layout: entry.layout)
        guard bytes.count == chunk.byteLength else { throw StagedDataError() }
        return ChunkValidation(chunk: chunk, entry: entry, schema: work.schema).run(bytes)
    }

    private func putKnown(_ known: RowPositions, _ stand: KnownStand?, chunk: Int) async throws {
        guard let stand else { return }
        try await put(known.encoded, as: ObjectLayout.knownRows(session: session, chunk: chunk, known: stand.name))
    }

    private func put(_ bytes: [UInt8], as object: ObjectKey) async throws {
        try await stages.store.putUnsynchronized(object, SealedBytes.seal(bytes))
    }

    private func sealed(_ object: ObjectKey) async throws -> [UInt8] {
        try SealedBytes.open(try await stages.staged(object))
    }
}

extension StagedDataError {
    /// Whether staged data is not there as it was written.
    static func isOne(_ error: any Error) -> Bool {
        error is StagedDataError || (error as? ObjectStoreError)?.code == .notFound
    }
}
