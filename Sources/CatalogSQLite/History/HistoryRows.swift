import Domain
import Foundation
import GRDB

/// What blocks of the history hold.
enum HistoryRows {
    /// That rows of the history are not as they were written.
    static var damaged: DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a part of the row history cannot be read")
    }

    /// The rows of a block.
    /// - Parameter count: how many there are, as `row_history` says in place of a key.
    /// - Throws: `DatabaseError` for one that is damaged.
    static func read(_ block: Data, count: String) throws -> [HistoryBlock.Row] {
        let rows: [HistoryBlock.Row]
        do {
            rows = try block.withUnsafeBytes { block throws(HistoryBlock.Damaged) in try HistoryBlock.rows(block) }
        } catch {
            throw damaged
        }
        guard String(rows.count) == count else { throw damaged }
        return rows
    }

    /// The rows of a block as a JSON array: of each an array of its key and of what it was, as a text of its own.
    /// - Parameter count: as `read` takes it.
    /// - Throws: `DatabaseError` for one that is damaged.
    static func json(_ block: Data, count: String) throws -> String {
        var json = JSONText()
        let rows = try read(block, count: count)
        json.array { json in
            for row in rows {
                json.array { json in
                    row.key.withUnsafeBytes { json.string(utf8: $0) }
                    guard let before = row.before else { return json.null() }
                    before.withUnsafeBytes { json.string(utf8: $0) }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
