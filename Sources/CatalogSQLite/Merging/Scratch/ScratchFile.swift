import GRDB

/// The tables of a scratch while they are written.
final class ScratchFile {
    /// A table or an index that was written and that SQLite is to know.
    struct Tree: Sendable {
        let isTable: Bool
        let name: String
        let table: String
        let sql: String
        let root: UInt32
    }

    let pages: PageFile
    /// Rows from which on an image stays on the disk, as a base.
    private let baseRows: Int
    private var trees: [Tree] = []

    init(_ pages: PageFile, baseRows: Int = .max) {
        self.pages = pages
        self.baseRows = baseRows
    }

    /// An image has so many rows by now.
    func note(imageRows: Int) { if imageRows == baseRows { pages.bringToDisk() } }

    /// Adds a table that was written.
    func add(table name: String, _ sql: String, root: UInt32) {
        trees.append(Tree(isTable: true, name: name, table: name, sql: sql, root: root))
    }

    /// Adds an index that was written.
    func add(index name: String, of table: String, _ sql: String, root: UInt32) {
        trees.append(Tree(isTable: false, name: name, table: table, sql: sql, root: root))
    }

    /// Ends the file and returns what is in it.
    func finish() throws -> [Tree] {
        try pages.finish()
        return trees
    }
}
