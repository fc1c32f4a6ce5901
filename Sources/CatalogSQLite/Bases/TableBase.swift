import Domain
import Foundation

/// The rows of a table that a merge replaced as a whole, in a file of their own beside the catalog (ADR 19). The file never
/// changes: what was written since is in the catalog's own table, and of which of its rows the base must no longer be asked
/// says a table of their keys.
struct TableBase: Hashable {
    let table: EntityTable
    /// The file, by its name beside the catalog.
    let file: BaseFile

    /// The base's rows, those too that no longer count.
    var rows: String { "\(file.schema).\(ScratchTable.image(table))" }

    /// The catalog's table of the keys of rows that the base must no longer be asked for.
    static func superseded(_ table: EntityTable) -> String { "\(table.rawValue)_superseded" }

    /// Selects the base's rows that count.
    /// - Parameters:
    ///   - columns: what is selected of them.
    ///   - catalog: the name under which the connection has the catalog.
    func select(_ columns: String, catalog: String = "main") -> String {
        "SELECT \(columns) FROM \(rows) WHERE \(table.primaryKey) NOT IN (SELECT row_key FROM \(catalog).\(Self.superseded(table)))"
    }

    /// The view that has the table's name mean all of its rows, as SQLite keeps its text.
    var view: String {
        let columns = table.storedColumns.joined(separator: ", ")
        return
            "CREATE VIEW \(table.rawValue) AS \(select(columns)) UNION ALL SELECT \(columns) FROM main.\(table.rawValue)"
    }
}

/// A file of bases, by its name beside the catalog.
struct BaseFile: Hashable {
    private static let prefix = "base_"
    /// What SQL calls it: `base_` and the digits of a UUID.
    let schema: String

    /// Names a new one.
    init(_ id: UUID = UUID()) { schema = Self.prefix + id.uuidString.replacing("-", with: "").lowercased() }

    /// Nil for the name of something else.
    init?(schema: String) {
        let digits = schema.dropFirst(Self.prefix.count)
        guard schema.hasPrefix(Self.prefix), digits.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        self.schema = schema
    }
}
