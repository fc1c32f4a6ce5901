/// Counts the rows of an index's tree by what its pages say of themselves, without looking at a row.
struct TreeCount {
    private let source: PageSource
    private let limit: Int
    private(set) var rows = 0

    /// - Parameters:
    ///   - root: the page where the tree begins.
    ///   - limit: of the rows that are counted; a page's more may be.
    /// - Throws: `DatabaseError` when the file cannot be read or is damaged.
    init(_ source: PageSource, root: UInt32, upTo limit: Int) throws {
        self.source = source
        self.limit = limit
        try count(root, level: 0)
    }

    private mutating func count(_ number: UInt32, level: Int) throws {
        guard level < TreeReader.mostLevels else { throw source.damage("has a tree without end") }
        let (cells, isLeaf) = try source.withPage(number, bytes: IndexPage.headBytes) { ($0.cells, $0.isLeaf) }
        rows += cells
        if isLeaf { return }
        let children = try source.withPage(number, bytes: source.pageBytes) { page in
            try (0...page.cells).map { cell in
                guard let child = page.child(cell) else { throw source.beyond() }
                return child
            }
        }
        for child in children where rows < limit { try count(child, level: level + 1) }
    }
}
