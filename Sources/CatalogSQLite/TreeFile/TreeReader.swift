import Foundation

/// Goes through an index's tree, which is what a table WITHOUT ROWID is, in its order, past SQLite
/// (https://www.sqlite.org/fileformat2.html#b_tree_pages).
///
/// Written by hand, as `PageFile` is: SQLite runs a program for each row and looks at each column by a call, which took a comparison
/// longer than all the rest of it.
final class TreeReader {
    /// More than the largest tree has.
    static let mostLevels = 20
    /// The present row, as `Record` says; good until the next one.
    private(set) var row = UnsafeRawBufferPointer(start: nil, count: 0)
    private let source: PageSource
    private let share: CellShare
    private let root: UInt32
    private var hasBegun = false
    /// From the root down, of which the first `depth` are on the way to the present row.
    private var levels: [Level] = []
    private var depth = 0
    /// A row that does not lie in its cell alone.
    private var long: [UInt8] = []

    /// A page on the way to the present row.
    private struct Level {
        // SAFETY: allocated for this reader's lifetime, and freed with it.
        let room: UnsafeMutableRawBufferPointer
        var page: IndexPage
        /// Of a leaf the next cell; of another page twice the next cell, and one more when the page before that cell was gone through.
        var step = 0
    }

    /// - Parameter root: the page where the tree begins.
    init(_ source: PageSource, root: UInt32) {
        self.source = source
        self.root = root
        share = CellShare(.index, size: source.usableBytes)
    }

    deinit {
        for level in levels { level.room.deallocate() }
    }

    /// Moves to the next row; false at the end.
    /// - Throws: `DatabaseError` when the file cannot be read or is damaged.
    func next() throws -> Bool {
        if !hasBegun {
            hasBegun = true
            try descend(to: root)
        }
        while depth > 0 {
            let step = levels[depth - 1].step
            let page = levels[depth - 1].page
            levels[depth - 1].step += 1
            if page.isLeaf {
                if step < page.cells {
                    try read(step, of: page, in: levels[depth - 1].room)
                    return true
                }
                depth -= 1
            } else if step.isMultiple(of: 2) {
                if step / 2 > page.cells {
                    depth -= 1
                } else {
                    guard let child = page.child(step / 2) else { throw source.beyond() }
                    try descend(to: child)
                }
            } else if step / 2 < page.cells {
                try read(step / 2, of: page, in: levels[depth - 1].room)
                return true
            }
        }
        return false
    }

    private func descend(to number: UInt32) throws {
        guard depth < Self.mostLevels else { throw source.damage("has a tree without end") }
        let isNew = depth == levels.count
        let room = isNew ? .allocate(byteCount: source.pageBytes, alignment: 8) : levels[depth].room
        do {
            try source.read(number, into: room)
            guard let page = IndexPage(UnsafeRawBufferPointer(room)) else { throw source.noIndex(number) }
            let level = Level(room: room, page: page)
            if isNew { levels.append(level) } else { levels[depth] = level }
        } catch {
            if isNew { room.deallocate() }
            throw error
        }
        depth += 1
    }

    /// Has `row` be the row of a cell.
    private func read(_ cell: Int, of page: IndexPage, in room: UnsafeMutableRawBufferPointer) throws {
        let bytes = UnsafeRawBufferPointer(room)
        guard var position = page.row(of: cell), let size = Varint.read(bytes, at: &position),
            size <= UInt64(source.fileBytes)
        else {
            throw source.beyond()
        }
        let count = Int(size)
        let here = share.bytesInCell(count)
        guard position + here <= bytes.count else { throw source.beyond() }
        let part = UnsafeRawBufferPointer(rebasing: bytes[position..<position + here])
        if here == count {
            row = part
        } else {
            position += here
            guard position + CellShare.numberBytes <= bytes.count else { throw source.beyond() }
            try gather(count, part, from: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        }
    }

    /// Has `row` be a row of which a part lies in pages of its own.
    private func gather(_ count: Int, _ part: UnsafeRawBufferPointer, from first: UInt32) throws {
        long.removeAll(keepingCapacity: true)
        long.append(contentsOf: part)
        var following = first
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: source.pageBytes, alignment: 8)
        defer { page.deallocate() }
        while long.count < count {
            try source.read(UInt32(bigEndian: following), into: page)
            following = page.load(as: UInt32.self)
            let taken = min(share.roomElsewhere, count - long.count)
            long.append(contentsOf: page[CellShare.numberBytes..<CellShare.numberBytes + taken])
        }
        // SAFETY: the array is not touched before the next long row, and `row` is not good any longer than that.
        row = long.withUnsafeBytes { UnsafeRawBufferPointer(start: $0.baseAddress, count: $0.count) }
    }
}
