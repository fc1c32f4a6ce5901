import Domain
import GRDB

/// The tables, as migrations that run once each, in order.
enum Schema {
    /// Makes what is missing. Of two processes that open a new file at once one may find a table made meanwhile, as
    /// GRDB looks which migrations are due before it has the file to itself: it then looks again.
    static func bringUpToDate(_ pool: DatabasePool) throws {
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw DatabaseError(
                resultCode: .SQLITE_SCHEMA, message: "a newer version of SRTO wrote it, which this one cannot read")
        }
        while true {
            let completed = try pool.read(migrator.completedMigrations).count
            do {
                return try migrator.migrate(pool)
            } catch {
                guard try pool.read(migrator.completedMigrations).count > completed else { throw error }
            }
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 master data") { db in
            for table in EntityTable.allCases {
                try db.execute(sql: createTable(table))
                if let index = createIndex(of: table) { try db.execute(sql: index) }
            }
            try db.execute(sql: catalogState)
        }
        migrator.registerMigration("2 imports") { try $0.execute(sql: imports) }
        migrator.registerMigration("3 jobs and events") { try $0.execute(sql: jobsAndEvents) }
        migrator.registerMigration("4 control") { try $0.execute(sql: control) }
        migrator.registerMigration("5 job rates") { db in
            try db.execute(
                sql: """
                    CREATE INDEX jobs_by_enqueued ON jobs(enqueued_at);
                    CREATE INDEX jobs_by_applied ON jobs(applied_at);
                    """)
        }
        migrator.registerMigration("6 leases") { db in
            try db.execute(
                sql: """
                    ALTER TABLE jobs ADD COLUMN lease_holder TEXT;
                    ALTER TABLE jobs ADD COLUMN lease_ends REAL;
                    ALTER TABLE jobs ADD COLUMN checkpoint BLOB;
                    """)
        }
        migrator.registerMigration("7 history by change") { try $0.execute(sql: historyByChange) }
        migrator.registerMigration("8 sessions' lists, audit and retention") { try $0.execute(sql: sessionLists) }
        migrator.registerMigration("9 origin of changes") { db in
            try db.execute(sql: "ALTER TABLE catalog_changes ADD COLUMN origin TEXT NOT NULL DEFAULT 'import'")
        }
        migrator.registerMigration("importers of sessions") { db in
            try db.execute(sql: "ALTER TABLE import_sessions ADD COLUMN importer TEXT")
        }
        migrator.registerMigration("formats of files") { db in
            try db.execute(
                sql: "ALTER TABLE import_files ADD COLUMN format TEXT; ALTER TABLE import_files ADD COLUMN reading TEXT"
            )
        }
        migrator.registerMigration("geocoding") { db in
            try addCoordinateSource(db)
            try db.execute(sql: geocodes)
        }
        migrator.registerMigration("known records") { db in
            try db.execute(
                sql: """
                    ALTER TABLE import_chunks ADD COLUMN known_base INTEGER;
                    ALTER TABLE import_chunks ADD COLUMN known_at INTEGER;
                    """)
        }
        migrator.registerMigration("files out of archives") { db in
            try db.execute(
                sql: """
                    ALTER TABLE import_files ADD COLUMN upload_number INTEGER;
                    ALTER TABLE import_files ADD COLUMN archive TEXT;
                    """)
        }
        migrator.registerMigration("distributors by territory") { db in
            if let index = createIndex(of: .distributors) { try db.execute(sql: index) }
        }
        migrator.registerMigration("bases of tables", migrate: createBases)
        migrator.registerMigration("blocks of the history") { try $0.execute(sql: historyRows) }
        return migrator
    }

    /// - Parameter name: of the table; the entity's when nil.
    static func createTable(_ table: EntityTable, named name: String? = nil) -> String {
        let columns = table.columns.map { column in
            let constraint = column.name == table.primaryKey ? " PRIMARY KEY" : ""
            return "\(column.name) \(column.storage)\(constraint)\(column.required ? " NOT NULL" : "")"
        }
        let clock = EntityTable.clockColumns.map { "\($0) TEXT NOT NULL" }
        return "CREATE TABLE \(name ?? table.rawValue) (\((columns + clock).joined(separator: ", "))) WITHOUT ROWID"
    }

    /// The column that a table's index beside its key is about; nil for a table without one.
    static func indexedColumn(of table: EntityTable) -> String? {
        switch table {
        case .outlets, .routes, .distributors: "territory_id"
        case .territories: "parent_id"
        case .salespeople: nil
        }
    }

    /// The index beside a table's key; nil for a table without one.
    /// - Parameter name: of the table; the entity's when nil.
    static func createIndex(of table: EntityTable, named name: String? = nil) -> String? {
        guard let column = indexedColumn(of: table) else { return nil }
        let name = name ?? table.rawValue
        return "CREATE INDEX IF NOT EXISTS \(indexName(of: name, by: column)) ON \(name)(\(column))"
    }

    /// What the index of a table by a column is called.
    static func indexName(of table: String, by column: String) -> String {
        "\(table)_by_\(column.dropLast("_id".count))"
    }

    private static let catalogState = """
        CREATE TABLE catalog_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL,
            log_incarnation TEXT NOT NULL,
            log_used INTEGER NOT NULL DEFAULT 0
        );
        INSERT INTO catalog_state (id, version, log_incarnation) VALUES (1, 0, lower(hex(randomblob(8))));
        CREATE TABLE territory_versions (
            territory_id TEXT PRIMARY KEY,
            version INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE row_history (
            version INTEGER NOT NULL,
            session_id TEXT NOT NULL,
            table_name TEXT NOT NULL,
            row_key TEXT NOT NULL,
            before TEXT
        );
        CREATE INDEX row_history_by_session ON row_history(session_id);
        """

    private static let imports = """
        CREATE TABLE import_schemas (
            schema_id TEXT NOT NULL,
            version TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            definition TEXT NOT NULL,
            PRIMARY KEY (schema_id, version)
        );
        CREATE TABLE import_sessions (
            session_id TEXT PRIMARY KEY,
            user_id TEXT NOT NULL,
            schema_id TEXT NOT NULL,
            schema_version TEXT NOT NULL,
            status TEXT NOT NULL,
            stage TEXT NOT NULL,
            process_requested INTEGER NOT NULL,
            pinned_version INTEGER NOT NULL,
            applied_version INTEGER,
            bytes_total INTEGER NOT NULL,
            bytes_done INTEGER NOT NULL,
            chunks_total INTEGER NOT NULL,
            chunks_done INTEGER NOT NULL,
            snapshots_total INTEGER NOT NULL,
            snapshots_done INTEGER NOT NULL,
            counts TEXT NOT NULL,
            error_code TEXT,
            error_message TEXT,
            created_at TEXT NOT NULL,
            completed_at TEXT,
            traceparent TEXT,
            changed_at REAL NOT NULL,
            is_cleared INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX import_sessions_by_status ON import_sessions(status, changed_at);
        CREATE INDEX import_sessions_to_clear ON import_sessions(changed_at) WHERE is_cleared = 0;
        CREATE TABLE import_files (
            session_id TEXT NOT NULL,
            file_index INTEGER NOT NULL,
            file_name TEXT NOT NULL,
            entity TEXT NOT NULL,
            declared_size INTEGER NOT NULL,
            size INTEGER,
            sha256 TEXT,
            counts TEXT NOT NULL,
            PRIMARY KEY (session_id, file_index)
        ) WITHOUT ROWID;
        CREATE TABLE import_chunks (
            session_id TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            file_index INTEGER NOT NULL,
            byte_offset INTEGER NOT NULL,
            byte_length INTEGER NOT NULL,
            first_line INTEGER NOT NULL,
            first_record INTEGER NOT NULL,
            state INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (session_id, ordinal)
        ) WITHOUT ROWID;
        CREATE TABLE awaited_snapshots (
            session_id TEXT NOT NULL,
            territory_id TEXT NOT NULL,
            PRIMARY KEY (session_id, territory_id)
        ) WITHOUT ROWID;
        """

    /// A change's rows of the history follow one another: where they begin takes the place of an index over all of them,
    /// which cost a merge as much as the history itself.
    private static let historyByChange = """
        CREATE TABLE catalog_changes (
            version INTEGER PRIMARY KEY,
            session_id TEXT NOT NULL,
            first_history INTEGER NOT NULL
        );
        INSERT INTO catalog_changes SELECT version, min(session_id), min(rowid) FROM row_history GROUP BY version;
        CREATE TABLE history (
            version INTEGER NOT NULL,
            table_name TEXT NOT NULL,
            row_key TEXT NOT NULL,
            before TEXT
        );
        INSERT INTO history (rowid, version, table_name, row_key, before)
            SELECT rowid, version, table_name, row_key, before FROM row_history ORDER BY rowid;
        DROP TABLE row_history;
        ALTER TABLE history RENAME TO row_history;
        """

    private static let sessionLists = """
        ALTER TABLE import_sessions ADD COLUMN rows_total INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE import_sessions ADD COLUMN stage_began_at REAL NOT NULL DEFAULT 0;
        UPDATE import_sessions SET stage_began_at = changed_at;
        ALTER TABLE import_sessions ADD COLUMN content_key TEXT;
        ALTER TABLE import_sessions ADD COLUMN same_as TEXT;
        CREATE INDEX import_sessions_with_uploads ON import_sessions(changed_at) WHERE is_cleared = 1;
        CREATE TABLE import_audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            session_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            status TEXT NOT NULL,
            entry TEXT NOT NULL,
            UNIQUE (session_id, status)
        );
        CREATE INDEX import_audit_by_user ON import_audit(user_id, number);
        CREATE TRIGGER import_audit_stays AFTER UPDATE ON import_audit
            BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
        CREATE TRIGGER import_audit_keeps AFTER DELETE ON import_audit
            BEGIN SELECT raise(ABORT, 'the audit is only added to'); END;
        CREATE INDEX import_sessions_by_content ON import_sessions(content_key, user_id, applied_version)
            WHERE applied_version IS NOT NULL;
        CREATE INDEX import_sessions_by_creation ON import_sessions(created_at, session_id);
        CREATE INDEX import_sessions_by_user ON import_sessions(user_id, created_at, session_id);
        CREATE INDEX dead_letters_by_subject ON dead_letters(subject) WHERE replayed_at IS NULL;
        """
}

extension Domain.Column {
    /// SQLite's name for what the column holds.
    var storage: String {
        switch kind {
        case .text, .date, .json: "TEXT"
        case .real: "REAL"
        case .boolean: "INTEGER"
        }
    }
}
