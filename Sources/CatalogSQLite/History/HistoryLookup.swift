import Foundation
import GRDB

/// Single rows of the history by their numbers, of which those that follow one another lie in one block.
///
/// Rows of a table are asked for in one order, each in all of the changes that it is in: of each change the block that it is at is kept.
struct HistoryLookup {
    private typealias Block = (numbers: ClosedRange<Int64>, rows: [HistoryBlock.Row])

    /// Blocks that are kept at most; a block takes tens of kilobytes.
    private static let mostBlocks = 1000

    private let db: Database
    private let sql: String
    /// In the order of their numbers.
    private var blocks: [Block] = []

    /// - Parameter catalog: the name under which the connection has it.
    init(_ db: Database, catalog: String) {
        self.db = db
        sql = "SELECT rowid, before, row_key FROM \(catalog).row_history WHERE rowid >= ? ORDER BY rowid LIMIT 1"
    }

    /// What a row of the history says that the row was, as JSON; nil where its change brought it.
    /// - Throws: `DatabaseError` for one that is not there, or damaged.
    mutating func before(_ number: Int64) throws -> String? {
        let place = place(of: number)
        if place < blocks.count, blocks[place].numbers.contains(number) {
            return Self.before(number, in: blocks[place])
        }
        let statement = try db.cachedStatement(sql: sql)
        guard let row = try Row.fetchOne(statement, arguments: [number]) else { throw HistoryRows.damaged }
        let (last, value): (Int64, DatabaseValue) = (row[0], row[1])
        guard case .blob(let bytes) = value.storage else {
            guard last == number else { throw HistoryRows.damaged }
            return String.fromDatabaseValue(value)
        }
        let rows = try HistoryRows.read(bytes, count: row[2])
        let first = last - Int64(rows.count) + 1
        guard first <= number else { throw HistoryRows.damaged }
        let block: Block = (first...last, rows)
        keep(block, at: place)
        return Self.before(number, in: block)
    }

    /// Keeps a block in place of the one that its change was at, which ends where it begins.
    private mutating func keep(_ block: Block, at place: Int) {
        if place > 0, blocks[place - 1].numbers.upperBound + 1 == block.numbers.lowerBound {
            blocks[place - 1] = block
        } else {
            if blocks.count == Self.mostBlocks { blocks.removeAll(keepingCapacity: true) }
            blocks.insert(block, at: min(place, blocks.count))
        }
    }

    /// Position of the first block that does not lie before a number.
    private func place(of number: Int64) -> Int {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].numbers.upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func before(_ number: Int64, in block: Block) -> String? {
        block.rows[Int(number - block.numbers.lowerBound)].before.map { String(decoding: $0, as: UTF8.self) }
    }
}
