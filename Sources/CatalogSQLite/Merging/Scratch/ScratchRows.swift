import Domain
import GRDB

/// The rows of one table in the scratch while they are written, and of a whole table its index.
///
/// A value: an object's variables would be guarded at each of the many looks at them.
struct ScratchRows {
    private let table: EntityTable
    private let isImage: Bool
    private let file: ScratchFile
    private var tree: TreeWriter
    private var index: ScratchIndex?
    private var lastKey: [UInt8]?
    private var count = 0

    /// - Parameter isImage: whether they are the whole table, in the order of its keys.
    init(_ file: ScratchFile, _ table: EntityTable, isImage: Bool) {
        self.file = file
        self.table = table
        self.isImage = isImage
        tree = TreeWriter(isImage ? .index : .table, in: file.pages)
        index = isImage ? ScratchIndex(table) : nil
    }

    /// Writes a row. An image's must come in the order of their keys.
    /// - Parameter row: as `Record` says.
    /// - Throws: `DatabaseError` for rows that are not in order, and when it cannot be written.
    mutating func append(_ row: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) throws {
        if isImage {
            try demandOrder(key)
            count += 1
            file.note(imageRows: count)
            if let column = index?.column { index?.append(try RecordCells.cell(row, at: column), key: key) }
        }
        try tree.append(row)
    }

    /// Ends them.
    mutating func finish() throws {
        guard isImage else {
            let (delta, columns) = (ScratchTable.delta(table), table.storedColumns.joined(separator: ", "))
            return file.add(table: delta, "CREATE TABLE \(delta) (\(columns))", root: try tree.finish())
        }
        let image = ScratchTable.image(table)
        file.add(table: image, Schema.createTable(table, named: image), root: try tree.finish())
        // The catalog takes over an image only with the same indexes.
        if let written = index.take(), let column = Schema.indexedColumn(of: table),
            let sql = Schema.createIndex(of: table, named: image)
        {
            file.add(
                index: Schema.indexName(of: image, by: column), of: image, sql, root: try written.write(to: file.pages))
        }
    }

    private mutating func demandOrder(_ key: UnsafeRawBufferPointer) throws {
        if let lastKey, lastKey.withUnsafeBytes({ KeyOrder.compare($0, key) >= 0 }) {
            throw DatabaseError(
                resultCode: .SQLITE_CONSTRAINT,
                message: "the rows of \(table.rawValue) are not in the order of their keys")
        }
        lastKey = lastKey ?? []
        lastKey?.removeAll(keepingCapacity: true)
        lastKey?.append(contentsOf: key)
    }
}
