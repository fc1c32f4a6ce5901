import Catalog
import Domain
import GRDB

/// What fails here ends the whole transaction (`OR ROLLBACK`): else SQLite would keep what each page was before the statement, in
/// memory and for millions of rows.
extension SQLiteTransaction {
    /// Rows that others may have changed since a merge was prepared: beyond them it is prepared again.
    private static let rivalRows = 50_000

    func apply(_ merge: any PreparedMerge, change: MasterDataChange) throws {
        let merge = try SQLitePreparedMerge.own(merge)
        let rivals = try keysChanged(since: merge.version)
        try change.begin(db)
        for (table, prepared) in merge.tables.sorted(by: { $0.key < $1.key }) {
            let changed = rivals[table] ?? []
            try demandUntouched(prepared, by: changed)
            if prepared.isImage {
                try bringUpToDate(imageOf: table, keys: changed)
                try takeOver(imageOf: table)
            } else {
                try write(deltaOf: table)
            }
            try write(historyOf: table, as: change.version, expected: merge.version + 1)
        }
        for table in merge.tables.keys.sorted() { try demandUnreferred(deletionsOf: table) }
    }

    /// Nothing that stays may refer to what went.
    private func demandUnreferred(deletionsOf table: EntityTable) throws {
        let deletions = "\(MergeScratch.name).\(ScratchTable.deletions(table))"
        guard try Int.fetchOne(db, sql: "SELECT 1 FROM \(deletions) LIMIT 1") != nil else { return }
        for other in EntityTable.allCases {
            for reference in other.references where reference.target == table {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT d.row_key, o.\(other.primaryKey) FROM main.\(other.rawValue) o
                        JOIN \(deletions) d ON d.row_key = o.\(reference.column) LIMIT 1
                        """)
                if let row { throw RowStillReferred(table, row[0], by: other, row[1]) }
            }
        }
    }

    /// Keys of the rows that changed after a version, by table and as bytes, since Swift takes some spellings for equal: every
    /// change of master data leaves its history.
    private func keysChanged(since version: Int64) throws -> [EntityTable: Set<[UInt8]>] {
        guard let rows = try rowsChanged(by: version + 1...Int64.max, limit: Self.rivalRows) else {
            throw MergeOvertaken()
        }
        var keys: [EntityTable: Set<[UInt8]>] = [:]
        for row in rows {
            let key: String = row[1]
            if let table = EntityTable(rawValue: row[0]) { keys[table, default: []].insert(Array(key.utf8)) }
        }
        return keys
    }

    private func demandUntouched(_ prepared: PreparedTable, by keys: Set<[UInt8]>) throws {
        guard !keys.isEmpty else { return }
        let hashes = Set(keys.map { key in key.withUnsafeBytes(\.keyHash) })
        if prepared.keys.contains(where: hashes.contains) { throw MergeOvertaken() }
    }

    /// Copies what others changed meanwhile into the image, which else would undo it.
    private func bringUpToDate(imageOf table: EntityTable, keys: Set<[UInt8]>) throws {
        let image = "\(MergeScratch.name).\(ScratchTable.image(table))"
        guard !keys.isEmpty else { return }
        let isTheirs = "WHERE \(table.primaryKey) = ?"
        let remove = try RowStatement(db, sql: "DELETE FROM \(image) \(isTheirs)")
        let copy = try RowStatement(db, sql: "INSERT INTO \(image) SELECT * FROM main.\(table.rawValue) \(isTheirs)")
        for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            for statement in [remove, copy] {
                try statement.reset()
                try key.withUnsafeBytes { bytes in
                    try statement.bind(PackedRow.Cell.text(bytes), at: 1)
                    try statement.execute()
                }
            }
        }
    }

    /// Replaces a table by its image. SQLite copies pages and not rows into an empty table with the same columns and
    /// indexes ("the xfer optimisation"), and empties a table at once when nothing watches single rows; GRDB would have
    /// it watched, so both statements go past it.
    private func takeOver(imageOf table: EntityTable) throws {
        try db.executePlainly("DELETE FROM main.\(table.rawValue)")
        try db.executePlainly(
            "INSERT OR ROLLBACK INTO main.\(table.rawValue) SELECT * FROM \(MergeScratch.name).\(ScratchTable.image(table))"
        )
    }

    /// Adds to the history what the scratch has for it, page by page where its rows have the right version.
    private func write(historyOf table: EntityTable, as version: Int64, expected: Int64) throws {
        let history = "\(MergeScratch.name).\(ScratchTable.history(table))"
        if version == expected {
            return try db.executePlainly("INSERT OR ROLLBACK INTO main.row_history SELECT * FROM \(history)")
        }
        try db.execute(
            sql: """
                INSERT OR ROLLBACK INTO main.row_history (version, table_name, row_key, before)
                SELECT ?, table_name, row_key, before FROM \(history) ORDER BY rowid
                """, arguments: [version])
    }

    private func write(deltaOf table: EntityTable) throws {
        try db.execute(
            sql: """
                DELETE FROM main.\(table.rawValue) WHERE \(table.primaryKey) IN
                    (SELECT row_key FROM \(MergeScratch.name).\(ScratchTable.deletions(table)))
                """)
        try DeltaApplication(db, table).run()
    }
}
