import Domain

/// A change's rows of the history in the scratch while they are written: in blocks, and one by one those that no block can have.
struct ScratchHistory {
    private var tree: TreeWriter
    private var record = Record(width: 3)
    private var block = HistoryBlock()
    /// Rows so far.
    private var count: Int64 = 0

    init(_ file: PageFile) { tree = TreeWriter(.table, in: file) }

    /// How the scratch has them: the number of the row, or of a block's last one, counted from 1 on, and two columns as `row_history`
    /// has them.
    static func createTable(named name: String) -> String {
        "CREATE TABLE \(name) (number INTEGER, row_key TEXT, before)"
    }

    /// Adds a row.
    /// - Parameter before: nil for a new row; otherwise what changes, or all that goes, as JSON.
    /// - Throws: `DatabaseError` when it cannot be written.
    mutating func append(_ key: UnsafeRawBufferPointer, before: UnsafeRawBufferPointer?) throws {
        guard HistoryBlock.takes(key) else {
            try writeBlock()
            count += 1
            record.clear()
            record.append(.integer(count))
            record.append(.text(key))
            record.append(before.map(PackedRow.Cell.text) ?? .null)
            return try record.withBytes { try tree.append($0) }
        }
        count += 1
        block.append(key, before: before)
        if block.isFull { try writeBlock() }
    }

    /// Ends them and returns the root's page.
    mutating func finish() throws -> UInt32 {
        try writeBlock()
        return try tree.finish()
    }

    private mutating func writeBlock() throws {
        if block.count == 0 { return }
        record.clear()
        record.append(.integer(count))
        Array(String(block.count).utf8).withUnsafeBytes { record.append(.text($0)) }
        block.bytes.withUnsafeBytes { record.append(blob: $0) }
        try record.withBytes { try tree.append($0) }
        block.clear()
    }
}
