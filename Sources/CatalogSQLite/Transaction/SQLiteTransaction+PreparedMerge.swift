import Catalog
import Domain
import GRDB

/// What fails here ends the whole transaction (`OR ROLLBACK`): else SQLite would keep what each page was before the statement, in
/// memory and for millions of rows.
extension SQLiteTransaction {
    func apply(_ merge: any PreparedMerge, change: MasterDataChange) throws {
        let merge = try SQLitePreparedMerge.own(merge)
        let tables = try merge.tables.sorted(by: { $0.key < $1.key }).map { table, prepared in
            (table, prepared, try RivalChanges(self, since: merge.version, in: table, prepared))
        }
        try change.begin(db)
        for (table, prepared, rivals) in tables {
            if prepared.isImage {
                try takeOver(table, prepared, rivals)
            } else {
                try write(deltaOf: table, rivals, prepared.decisiveColumns)
            }
            try write(historyOf: table, as: change.version)
        }
        for table in merge.tables.keys.sorted() {
            try demandUnreferred(deletionsOf: table)
            if change.origin == .rollback { try demandTargets(ofRestored: table) }
        }
    }

    /// What rows refer to again may not have gone since. A row may have referred to nothing from the beginning: what has gone has
    /// left its row in the history.
    private func demandTargets(ofRestored table: EntityTable) throws {
        let restored = "\(MergeScratch.name).\(ScratchTable.delta(table))"
        for reference in table.references {
            let target = reference.target
            let gone = """
                SELECT d.\(reference.column) FROM \(restored) d WHERE d.\(reference.column) IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM \(target.rawValue) t WHERE t.\(target.primaryKey) = d.\(reference.column))
                """
            // Else the whole history would be read for nothing.
            guard try Bool.fetchOne(db, sql: "SELECT EXISTS (\(gone))") == true else { continue }
            let key = try String.fetchOne(
                db, sql: "SELECT row_key FROM history_rows WHERE table_name = ? AND row_key IN (\(gone)) LIMIT 1",
                arguments: [target.rawValue])
            guard let key else { continue }
            let row = try String.fetchOne(
                db, sql: "SELECT \(table.primaryKey) FROM \(restored) WHERE \(reference.column) = ? LIMIT 1",
                arguments: [key])
            throw RowWouldReferToNothing(table, row ?? "", to: target, key)
        }
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
                        SELECT d.row_key, o.\(other.primaryKey) FROM \(other.rawValue) o
                        JOIN \(deletions) d ON d.row_key = o.\(reference.column) LIMIT 1
                        """)
                if let row { throw RowStillReferred(table, row[0], by: other, row[1]) }
            }
        }
    }

    /// Replaces a table by its image, and lays what others changed meanwhile over it.
    private func takeOver(_ table: EntityTable, _ prepared: PreparedTable, _ rivals: RivalChanges) throws {
        let theirs = try RivalRows(db, table, rivals, besides: prepared.decisiveColumns)
        try db.executePlainly("DELETE FROM main.\(table.rawValue)")
        try db.executePlainly("DELETE FROM main.\(TableBase.superseded(table))")
        if let newBase, prepared.isBase(in: bases.folder) {
            try bases.set(TableBase(table: table, file: newBase))
        } else {
            try bases.removeBase(of: table)
            try copy(imageOf: table)
        }
        try theirs.write(over: bases.base(of: table))
    }

    /// SQLite copies pages and not rows into an empty table with the same columns and indexes ("the xfer optimisation"), and empties
    /// a table at once when nothing watches single rows; GRDB would have it watched, so both statements go past it.
    private func copy(imageOf table: EntityTable) throws {
        try db.executePlainly(
            "INSERT OR ROLLBACK INTO main.\(table.rawValue) SELECT * FROM \(MergeScratch.name).\(ScratchTable.image(table))"
        )
    }

    /// Adds to the history what the scratch has for it.
    private func write(historyOf table: EntityTable, as version: Int64) throws {
        let last = try Int64.fetchOne(db, sql: "SELECT max(rowid) FROM main.row_history") ?? 0
        try db.execute(
            sql: """
                INSERT OR ROLLBACK INTO main.row_history (rowid, version, table_name, row_key, before)
                SELECT ? + number, ?, ?, row_key, before FROM \(MergeScratch.name).\(ScratchTable.history(table)) ORDER BY rowid
                """, arguments: [last, version, table.rawValue])
    }

    private func write(deltaOf table: EntityTable, _ rivals: RivalChanges, _ decisiveColumns: [Int]) throws {
        try db.execute(
            sql: """
                DELETE FROM main.\(table.rawValue) WHERE \(table.primaryKey) IN
                    (SELECT row_key FROM \(MergeScratch.name).\(ScratchTable.deletions(table)))
                """)
        if let base = try bases.base(of: table) { try supersede(rowsOf: base, besides: rivals) }
        try DeltaApplication(db, table, decisiveColumns).run(besides: rivals.beside)
    }

    /// Has the base's rows that the scratch has or that go count no more. Those of which only some columns are written come into the
    /// catalog's table first; the others are new to it as a whole.
    private func supersede(rowsOf base: TableBase, besides rivals: RivalChanges) throws {
        let rows = try BaseRows(db, base)
        for key in rivals.beside { try rows.bring(.text(String(decoding: key, as: UTF8.self))) }
        let (table, key) = (base.table, base.table.primaryKey)
        for keys in [
            "SELECT \(key) FROM \(MergeScratch.name).\(ScratchTable.delta(table))",
            "SELECT row_key FROM \(MergeScratch.name).\(ScratchTable.deletions(table))",
        ] {
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO main.\(TableBase.superseded(table)) (row_key)
                    SELECT \(key) FROM \(base.rows) WHERE \(key) IN (\(keys))
                    """)
        }
    }
}
