import Catalog
import Domain
import Foundation
import Jobs
import ObjectStore

extension ImportStages {
    /// A session with what its stages need of it.
    struct Work: Sendable {
        let session: ImportSession
        let schema: ImportSchema
        let files: [ImportFile]

        /// The work once each file's records were counted and the session was resolved against a version of the catalog.
        func resolved(_ counts: [RecordCounts], at version: Int64) -> Work {
            var (session, files) = (session, files)
            session.pinnedVersion = version
            for index in files.indices { files[index].counts = counts[index] }
            return Work(session: session, schema: schema, files: files)
        }

        /// Positions of the files that fill each table, tables that others refer to first.
        func filesByTable() throws -> [(table: EntityTable, files: [Int])] {
            var files: [EntityTable: [Int]] = [:]
            for (index, file) in self.files.enumerated() {
                files[try entity(of: file).table, default: []].append(index)
            }
            return files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }

        /// Positions of the columns by which the merge of a table's rows is decided, whichever file they are of.
        func decisiveColumns(of table: EntityTable) throws -> [Int] {
            let entities = try files.map(entity).filter { $0.table == table }
            return table.decisiveColumns(mapping: entities.flatMap(RecordPlan.mappedColumns))
        }

        func entity(of file: ImportFile) throws -> ImportEntity {
            guard let entity = schema.entities[file.entity] else {
                throw CatalogError(.corrupt, "schema \(schema.schemaId) has lost its entity \(file.entity)")
            }
            return entity
        }
    }

    /// The session a job works for; nil when it has ended, so that nothing is left to do.
    func work(for job: Job<some JobPayload>, session id: String) async throws -> Work? {
        let found = try await catalog.read { reader -> Work? in
            guard let session = try reader.session(id), !session.status.isTerminal else { return nil }
            guard let schema = try reader.schema(session.schemaID, version: session.schemaVersion) else {
                throw CatalogError(.corrupt, "schema \(session.schemaID) \(session.schemaVersion) is gone")
            }
            return Work(session: session, schema: schema, files: try reader.files(ofSession: id))
        }
        if found == nil {
            job.logger.notice("the session has ended; its job has nothing to do")
            _ = try await catalog.write { try $0.markApplied(job.id) }
        }
        return found
    }

    /// Applies a job's effect once: `change` runs in the transaction that writes the job's mark, on the session as it
    /// then is, and not at all when the mark stands or the session has ended.
    /// - Parameters:
    ///   - merge: what `change` can apply as well.
    ///   - isSynchronized: whether to wait for the disk; not for what the job would do again.
    func apply(
        _ job: Job<some JobPayload>, toSession id: String, with merge: (any PreparedMerge)? = nil,
        isSynchronized: Bool = true,
        _ change: @Sendable @escaping (any CatalogWriter, inout ImportSession) throws -> Void
    ) async throws {
        let body: @Sendable (any CatalogWriter) throws -> Void = { writer in
            guard try writer.markApplied(job.id), var session = try writer.session(id), !session.status.isTerminal
            else { return }
            try change(writer, &session)
            try writer.save(session)
            try writer.tell(session)
        }
        if let merge {
            try await catalog.write(with: merge, body)
        } else if isSynchronized {
            try await catalog.write(body)
        } else {
            try await catalog.writeUnsynchronized(body)
        }
    }

    /// Ends a session for a job that will not be done. The job's mark comes with its dead letter: a worker that dies
    /// before it has left the letter must not find the job marked.
    func abandon(session id: String, because reason: String) async throws {
        try await catalog.write { writer in
            guard var session = try writer.session(id), !session.status.isTerminal else { return }
            SessionStep.fail(
                &session, .importFailed,
                "the stage \(session.stage.rawValue) could not be finished: \(reason). Nothing was merged; "
                    + "start a new session when the cause is mended.",
                at: Date.now.iso8601)
            try writer.save(session)
            try writer.tell(session)
        }
    }

    /// Reads a staged object; whole, as the stage that wrote it bounded it.
    ///
    /// Not inlined: the optimiser of Swift 6.3 crashes over it in `ResolveHandler.writeReport`.
    /// - Throws: `CancellationError` when the session was cancelled meanwhile, as stages read piece by piece.
    @inline(never)
    func staged(_ key: ObjectKey) async throws -> [UInt8] {
        try Task.checkCancellation()
        return try await store.get(key, limit: 1 << 30)
    }
}
