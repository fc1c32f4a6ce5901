import Catalog
import Domain
import Foundation
import GRDB

/// One transaction on the catalog. It lives no longer than the closure it is given to.
final class SQLiteTransaction: CatalogWriter {
    let db: Database
    /// The bases of tables, for which their names stand as a whole.
    let bases: BaseAttachment
    /// Whether the relay must be woken once this is committed.
    var leftOutboxEntries = false
    /// The file that tables may have as their base from now on.
    var newBase: BaseFile?

    init(_ db: Database, _ folder: BaseFolder) {
        self.db = db
        bases = BaseAttachment(db: db, folder: folder)
    }

    /// Encodes a value for a JSON column.
    func json(_ value: some Encodable) throws -> Data {
        try JSONEncoder.canonical.encode(value)
    }

    /// Reads a JSON column.
    func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }
}
