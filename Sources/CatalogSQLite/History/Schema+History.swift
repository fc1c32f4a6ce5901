import Foundation
import GRDB

/// The history is read through a view: a row of `row_history` is one row, or a block of many (`HistoryBlock`), whose number is its
/// last row's and whose key says how many there are. Numbers go on from row to row, whichever they are.
extension Schema {
    /// All rows of the history. `place` is the number under which `row_history` has the row or its block: conditions on it find rows at
    /// once, and those of one change lie in places of their own.
    static let historyRows = """
        CREATE VIEW history_rows AS
        SELECT iif(typeof(h.before) = 'blob', h.rowid - h.row_key + 1 + r.key, h.rowid) AS number, h.rowid AS place,
            h.version, h.table_name,
            iif(typeof(h.before) = 'blob', json_extract(r.value, '$[0]'), h.row_key) AS row_key,
            iif(typeof(h.before) = 'blob', json_extract(r.value, '$[1]'), h.before) AS before
        FROM row_history h, json_each(iif(typeof(h.before) = 'blob', history_block(h.before, h.row_key), '[0]')) r
        """

    /// Has a connection read the history's blocks.
    static func addHistoryFunction(_ db: Database) { db.add(function: historyBlock) }

    /// A block as a JSON array of its rows: of each an array of its key and of what it was, as a text of its own.
    private static let historyBlock = DatabaseFunction("history_block", argumentCount: 2, pure: true) { values in
        guard let block = Data.fromDatabaseValue(values[0]), let count = String.fromDatabaseValue(values[1]) else {
            return nil
        }
        return try HistoryRows.json(block, count: count)
    }
}
