import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    func schema(_ id: String, version: String?) throws -> ImportSchema? {
        let sql = """
            SELECT definition FROM import_schemas WHERE schema_id = ? AND (? IS NULL OR version = ?)
            ORDER BY saved_at DESC, rowid DESC LIMIT 1
            """
        return try Data.fetchOne(db, sql: sql, arguments: [id, version, version])
            .map { try decode(ImportSchema.self, from: $0) }
    }

    func schemas() throws -> [ImportSchema] {
        let sql = """
            SELECT definition FROM import_schemas s
            WHERE rowid = (SELECT rowid FROM import_schemas n WHERE n.schema_id = s.schema_id
                           ORDER BY saved_at DESC, rowid DESC LIMIT 1)
            ORDER BY schema_id
            """
        return try Data.fetchAll(db, sql: sql).map { try decode(ImportSchema.self, from: $0) }
    }

    func save(_ schema: ImportSchema) throws -> Bool {
        let definition = try json(schema)
        try db.execute(
            sql: """
                INSERT INTO import_schemas (schema_id, version, saved_at, definition) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [schema.schemaId, schema.version, Date.now.iso8601, definition])
        return try self.schema(schema.schemaId, version: schema.version) == schema
    }

    func session(_ id: String) throws -> ImportSession? {
        try Row.fetchOne(db, sql: "SELECT * FROM import_sessions WHERE session_id = ?", arguments: [id])
            .map(session(from:))
    }

    func sessions(
        in statuses: Set<ImportStatus>, unchangedSince instant: Date, limit: Int
    ) throws -> [ImportSession] {
        // The statuses' names are ours, never from outside.
        let names = statuses.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        let sql = """
            SELECT * FROM import_sessions WHERE status IN (\(names)) AND changed_at < ? ORDER BY changed_at LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [instant.timeIntervalSince1970, limit])
            .map(session(from:))
    }

    func sessionsAwaitingSnapshots(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] {
        let sql = """
            SELECT * FROM import_sessions
            WHERE status = 'COMPLETED' AND snapshots_done < snapshots_total AND changed_at < ?
            ORDER BY changed_at LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [instant.timeIntervalSince1970, limit])
            .map(session(from:))
    }

    func awaitedSnapshots(ofSession id: String) throws -> [String] {
        let sql = "SELECT territory_id FROM awaited_snapshots WHERE session_id = ? ORDER BY territory_id"
        return try String.fetchAll(db, sql: sql, arguments: [id])
    }

    func sessionsToClear(unchangedSince instant: Date, limit: Int) throws -> [ImportSession] {
        let sql = """
            SELECT * FROM import_sessions
            WHERE is_cleared = 0 AND changed_at < ?
              AND status IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ROLLED_BACK', 'EXPIRED')
              AND (status <> 'COMPLETED' OR snapshots_done >= snapshots_total)
            ORDER BY changed_at LIMIT ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [instant.timeIntervalSince1970, limit])
            .map(session(from:))
    }

    func markCleared(session id: String) throws {
        try db.execute(sql: "UPDATE import_sessions SET is_cleared = 1 WHERE session_id = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM import_chunks WHERE session_id = ?", arguments: [id])
    }

    func awaitSnapshots(of territories: [String], session id: String) throws {
        for territory in territories {
            try db.execute(
                sql: "INSERT INTO awaited_snapshots (session_id, territory_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [id, territory])
        }
    }

    func countSnapshot(of territory: String, session id: String) throws -> Bool {
        try db.execute(
            sql: "DELETE FROM awaited_snapshots WHERE session_id = ? AND territory_id = ?", arguments: [id, territory])
        return db.changesCount == 1
    }

    func save(_ session: ImportSession) throws {
        let now = Date.now.timeIntervalSince1970
        let values: [(String, (any DatabaseValueConvertible)?)] = [
            ("session_id", session.sessionID), ("user_id", session.userID), ("schema_id", session.schemaID),
            ("schema_version", session.schemaVersion), ("importer", try session.importer.map { try json($0) }),
            ("status", session.status.rawValue),
            ("stage", session.stage.rawValue), ("process_requested", session.processRequested),
            ("pinned_version", session.pinnedVersion), ("applied_version", session.appliedVersion),
            ("bytes_total", session.bytesTotal), ("bytes_done", session.bytesDone),
            ("rows_total", session.rowsTotal),
            ("chunks_total", session.chunksTotal), ("chunks_done", session.chunksDone),
            ("snapshots_total", session.snapshotsTotal), ("snapshots_done", session.snapshotsDone),
            ("counts", try json(session.counts)), ("error_code", session.errorCode),
            ("error_message", session.errorMessage), ("created_at", session.createdAt),
            ("content_key", session.contentKey), ("same_as", session.sameAs),
            ("completed_at", session.completedAt), ("traceparent", session.traceparent),
            ("changed_at", now), ("stage_began_at", try stageBegan(of: session, at: now)),
        ]
        try replace(into: "import_sessions", values)
    }

    func files(ofSession id: String) throws -> [ImportFile] {
        let sql = "SELECT * FROM import_files WHERE session_id = ? ORDER BY file_index"
        return try Row.fetchAll(db, sql: sql, arguments: [id]).map { row in
            var file = ImportFile(
                sessionID: id, index: row["file_index"], fileName: row["file_name"], entity: row["entity"],
                declaredSize: row["declared_size"])
            file.size = row["size"]
            file.sha256 = row["sha256"]
            file.format = try (row["format"] as Data?).map { try decode(FileFormat.self, from: $0) }
            file.reading = try (row["reading"] as Data?).map { try decode(FileReading.self, from: $0) }
            file.counts = try decode(RecordCounts.self, from: row["counts"])
            file.uploadNumber = row["upload_number"] ?? file.index
            file.archive = try (row["archive"] as Data?).map { try decode(ImportArchive.self, from: $0) }
            return file
        }
    }

    func save(_ file: ImportFile) throws {
        try replace(
            into: "import_files",
            [
                ("session_id", file.sessionID), ("file_index", file.index), ("file_name", file.fileName),
                ("entity", file.entity), ("declared_size", file.declaredSize), ("size", file.size),
                ("sha256", file.sha256), ("counts", try json(file.counts)),
                ("format", try file.format.map { try json($0) }), ("reading", try file.reading.map { try json($0) }),
                ("upload_number", file.uploadNumber), ("archive", try file.archive.map { try json($0) }),
            ])
    }

    func replaceFiles(ofSession id: String, with files: [ImportFile]) throws {
        try db.execute(sql: "DELETE FROM import_files WHERE session_id = ?", arguments: [id])
        for file in files { try save(file) }
    }

    func chunks(ofSession id: String) throws -> [ImportChunk] {
        let sql = "SELECT * FROM import_chunks WHERE session_id = ? ORDER BY ordinal"
        return try Row.fetchAll(db, sql: sql, arguments: [id]).map(chunk(from:))
    }

    func insert(_ chunks: [ImportChunk], session: String) throws {
        for chunk in chunks {
            try db.execute(
                sql: """
                    INSERT INTO import_chunks
                        (session_id, ordinal, file_index, byte_offset, byte_length, first_line, first_record)
                    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    session, chunk.ordinal, chunk.fileIndex, chunk.byteOffset, chunk.byteLength, chunk.firstLine,
                    chunk.firstRecord,
                ])
        }
    }

    func takeWaitingChunks(ofSession id: String, limit: Int, filesAtOnce: Int) throws -> [ImportChunk] {
        // Files with a chunk not done, in input order: the first few of these are the ones under way.
        let sql = """
            SELECT * FROM import_chunks WHERE session_id = ? AND state = 0 AND file_index IN (
                SELECT DISTINCT file_index FROM import_chunks WHERE session_id = ? AND state < 2
                ORDER BY file_index LIMIT ?)
            ORDER BY ordinal LIMIT ?
            """
        let taken = try Row.fetchAll(db, sql: sql, arguments: [id, id, filesAtOnce, limit]).map(chunk(from:))
        for chunk in taken {
            try db.execute(
                sql: "UPDATE import_chunks SET state = 1 WHERE session_id = ? AND ordinal = ?",
                arguments: [id, chunk.ordinal])
        }
        return taken
    }

    func markDone(chunk ordinal: Int, ofSession id: String, known: KnownStand?) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE import_chunks SET state = 2, known_base = ?, known_at = ?
                WHERE session_id = ? AND ordinal = ? AND state < 2
                """, arguments: [known?.base, known?.at, id, ordinal])
        return db.changesCount == 1
    }

    func session(from row: Row) throws -> ImportSession {
        var session = ImportSession(
            sessionID: row["session_id"], userID: row["user_id"], schemaID: row["schema_id"],
            schemaVersion: row["schema_version"], createdAt: row["created_at"], traceparent: row["traceparent"])
        session.status = try stored(row["status"], as: ImportStatus.self)
        session.stage = try stored(row["stage"], as: ImportStage.self)
        session.processRequested = row["process_requested"]
        session.pinnedVersion = row["pinned_version"]
        session.appliedVersion = row["applied_version"]
        session.bytesTotal = row["bytes_total"]
        session.bytesDone = row["bytes_done"]
        session.rowsTotal = row["rows_total"]
        session.chunksTotal = row["chunks_total"]
        session.chunksDone = row["chunks_done"]
        session.snapshotsTotal = row["snapshots_total"]
        session.snapshotsDone = row["snapshots_done"]
        session.counts = try decode(RecordCounts.self, from: row["counts"])
        session.importer = try (row["importer"] as Data?).map { try decode(UserContext.self, from: $0) }
        session.errorCode = row["error_code"]
        session.errorMessage = row["error_message"]
        session.contentKey = row["content_key"]
        session.sameAs = row["same_as"]
        session.completedAt = row["completed_at"]
        return session
    }

    private func chunk(from row: Row) -> ImportChunk {
        ImportChunk(
            ordinal: row["ordinal"], fileIndex: row["file_index"], byteOffset: row["byte_offset"],
            byteLength: row["byte_length"], firstLine: row["first_line"], firstRecord: row["first_record"],
            known: (row["known_base"] as Int64?).map { KnownStand(base: $0, at: row["known_at"]) })
    }
}
