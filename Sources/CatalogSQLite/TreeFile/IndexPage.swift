/// A page of an index's tree as it was read (https://www.sqlite.org/fileformat2.html#b_tree_pages).
struct IndexPage {
    /// Bytes of a page's head at most.
    static let headBytes = 12

    let isLeaf: Bool
    /// How many cells it has.
    let cells: Int
    private let bytes: UnsafeRawBufferPointer

    /// Nil when it is a page of another tree.
    /// - Parameter bytes: all of the page, or its head where only that is asked for; they must outlive this.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let kind = TreePage.Kind(rawValue: bytes[0])
        guard kind == .indexLeaf || kind == .indexInterior else { return nil }
        self.bytes = bytes
        isLeaf = kind == .indexLeaf
        cells = Int(bytes[3]) << 8 | Int(bytes[4])
    }

    /// Where a cell's row begins, with its length; nil where that is beyond the page.
    @inline(__always)
    func row(of cell: Int) -> Int? { start(of: cell).map { $0 + (isLeaf ? 0 : CellShare.numberBytes) } }

    /// The page before a cell, or behind the last; nil where that is written beyond the page.
    func child(_ cell: Int) -> UInt32? {
        guard let place = cell < cells ? start(of: cell) : 8, place + CellShare.numberBytes <= bytes.count else {
            return nil
        }
        return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    @inline(__always)
    private func start(of cell: Int) -> Int? {
        let pointer = (isLeaf ? 8 : 12) + 2 * cell
        guard pointer + 2 <= bytes.count else { return nil }
        return Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: pointer, as: UInt16.self)))
    }
}
