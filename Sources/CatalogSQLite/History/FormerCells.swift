import Catalog
import Domain
import Foundation

/// What the row history says that a row was: nothing where the change brought it, every cell where the change had it go,
/// and where it was updated the cells that changed. The whole row is told by its key being among the cells.
enum FormerCells {
    /// Turns a row into what it was before one change.
    /// - Parameters:
    ///   - row: its cells in the order of the table's columns; nil where there is none.
    ///   - before: the history's JSON; nil where the change brought the row.
    /// - Throws: `CatalogError` when only some cells are known of a row that is not there.
    static func undo(_ row: inout [FieldValue]?, _ before: String?, of table: EntityTable) throws {
        guard let before else {
            row = nil
            return
        }
        let cells = try JSONDecoder().decode([String: FormerCell?].self, from: Data(before.utf8))
        if cells[table.primaryKey] != nil {
            row = table.columns.map { (cells[$0.name] ?? nil)?.value ?? .null }
            return
        }
        guard var changed = row else {
            throw CatalogError(.failed, "the history of \(table.rawValue) knows only a part of a row that is gone")
        }
        for (name, cell) in cells {
            if let column = table.index(of: name) { changed[column] = cell?.value ?? .null }
        }
        row = changed
    }
}

/// A cell of the row history: a JSON string or number.
private struct FormerCell: Decodable {
    let value: FieldValue

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let integer = try? container.decode(Int64.self) {
            value = .integer(integer)
        } else {
            value = .real(try container.decode(Double.self))
        }
    }
}
