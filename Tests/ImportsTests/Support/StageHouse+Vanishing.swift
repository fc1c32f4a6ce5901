import Domain
import GRDB

extension StageHouse {
    /// Takes a row out of the catalog past its port, which knows no deletion yet, as a change of its own version.
    func remove(_ key: String, from table: EntityTable) async throws {
        try await DatabaseQueue(path: catalogPath).write { db in
            try db.execute(sql: "UPDATE catalog_state SET version = version + 1")
            try db.execute(sql: "DELETE FROM \(table.rawValue) WHERE \(table.primaryKey) = ?", arguments: [key])
        }
    }
}
