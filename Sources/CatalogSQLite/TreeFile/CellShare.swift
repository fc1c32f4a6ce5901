/// How much of a row lies in its cell of a tree, and how much in pages of its own
/// (https://www.sqlite.org/fileformat2.html#b_tree_pages).
struct CellShare {
    /// Bytes of a row that lie in its cell at most, and those that do at least when the rest lies elsewhere.
    private let most: Int
    private let least: Int
    /// Bytes of the rest that a page takes.
    let roomElsewhere: Int

    /// Bytes of a page's number.
    static let numberBytes = 4

    /// - Parameters:
    ///   - kind: of the pages that the cells lie in.
    ///   - size: bytes of a page that a tree may use.
    init(_ kind: TreeWriter.Kind, size: Int) {
        least = (size - 12) * 32 / 255 - 23
        most = kind == .index ? (size - 12) * 64 / 255 - 23 : size - 35
        roomElsewhere = size - Self.numberBytes
    }

    /// Bytes of a row that lie in its cell.
    /// - Parameter count: the row's.
    func bytesInCell(_ count: Int) -> Int {
        if count <= most { return count }
        let filling = least + (count - least) % roomElsewhere
        return filling <= most ? filling : least
    }
}
