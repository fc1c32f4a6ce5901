import GRDB

/// A base whose file is open, so that it can be gone through past SQLite: also after it was replaced and removed.
struct OpenBase {
    let base: TableBase
    let pages: PageSource

    /// The page where the tree of the table's rows begins.
    /// - Parameter db: a connection that has the base attached.
    /// - Throws: `DatabaseError` when it has no such table.
    func root(_ db: Database) throws -> UInt32 {
        let sql = "SELECT rootpage FROM \(base.file.schema).sqlite_master WHERE name = ?"
        guard let root = try UInt32.fetchOne(db, sql: sql, arguments: [ScratchTable.image(base.table)]) else {
            throw pages.damage("does not have the rows of \(base.table.rawValue)")
        }
        return root
    }
}
