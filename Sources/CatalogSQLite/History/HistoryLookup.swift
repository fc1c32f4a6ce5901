import Foundation
import GRDB

/// Single rows of the history by their numbers, of which those that follow one another lie in one block.
struct HistoryLookup {
    /// Blocks that are kept: rows of a table are asked for in one order, of each of a few changes.
    private static let mostBlocks = 16

    private let db: Database
    private let sql: String
    /// The last ones that were read.
    private var blocks: [(numbers: ClosedRange<Int64>, rows: [HistoryBlock.Row])] = []
    /// Which of them goes next.
    private var oldest = 0

    /// - Parameter catalog: the name under which the connection has it.
    init(_ db: Database, catalog: String) {
        self.db = db
        sql = "SELECT rowid, before FROM \(catalog).row_history WHERE rowid >= ? ORDER BY rowid LIMIT 1"
    }

    /// What a row of the history says that the row was, as JSON; nil where its change brought it.
    /// - Throws: `DatabaseError` for a block that is damaged.
    mutating func before(_ number: Int64) throws -> String? {
        if let block = blocks.first(where: { $0.numbers.contains(number) }) {
            return Self.before(block.rows[Int(number - block.numbers.lowerBound)])
        }
        guard let row = try Row.fetchOne(try db.cachedStatement(sql: sql), arguments: [number]) else { return nil }
        let (last, value): (Int64, DatabaseValue) = (row[0], row[1])
        guard case .blob(let bytes) = value.storage else {
            return last == number ? String.fromDatabaseValue(value) : nil
        }
        let rows = try HistoryRows.read(bytes)
        let first = last - Int64(rows.count) + 1
        guard first <= number else { return nil }
        let block = (numbers: first...last, rows: rows)
        if blocks.count < Self.mostBlocks {
            blocks.append(block)
        } else {
            blocks[oldest] = block
            oldest = (oldest + 1) % Self.mostBlocks
        }
        return Self.before(rows[Int(number - first)])
    }

    private static func before(_ row: HistoryBlock.Row) -> String? {
        row.before.map { String(decoding: $0, as: UTF8.self) }
    }
}
