import Catalog
import Domain
import Foundation
import GRDB

extension SQLiteTransaction {
    /// Writes a row of one of our own tables, new or known. Names are ours, never from outside.
    func replace(into table: String, _ values: [(String, (any DatabaseValueConvertible)?)]) throws {
        let names = values.map(\.0).joined(separator: ", ")
        let places = values.map { _ in "?" }.joined(separator: ", ")
        try db.execute(
            sql: "INSERT OR REPLACE INTO \(table) (\(names)) VALUES (\(places))",
            arguments: StatementArguments(values.map(\.1)))
    }

    /// Reads an enumeration stored as text.
    func stored<Value: RawRepresentable<String>>(_ text: String, as type: Value.Type) throws -> Value {
        guard let value = type.init(rawValue: text) else {
            throw CatalogError(
                .corrupt, "the catalog holds \"\(text)\" where this version of srto knows no such \(type)")
        }
        return value
    }
}
