/// Writes a tree of SQLite's from its leaves up, page by page, from rows that come in order: what is written is never looked at
/// again.
///
/// In an index's tree, which is what a table WITHOUT ROWID is, a row stands once, in a leaf or between two pages; in the tree of a table with
/// row numbers all rows stand in leaves, and only numbers between pages.
struct TreeWriter {
    /// Which tree.
    enum Kind {
        case index
        /// Rows are numbered from 1 on.
        case table
    }

    private let kind: Kind
    private let file: PageFile
    private var leaf: TreePage
    /// From the leaves up.
    private var interior: [TreePage] = []
    private var rows: UInt64 = 0
    private let share: CellShare

    init(_ kind: Kind, in file: PageFile) {
        self.kind = kind
        self.file = file
        let size = PageFile.pageBytes
        leaf = TreePage(kind == .index ? .indexLeaf : .tableLeaf, size: size)
        share = CellShare(kind, size: size)
    }

    /// Adds the next row. Those of an index must come in its order.
    /// - Parameter row: as `Record` says.
    /// - Throws: `DatabaseError` when it cannot be written.
    mutating func append(_ row: UnsafeRawBufferPointer) throws {
        let inCell = share.bytesInCell(row.count)
        guard inCell < row.count else { return try append(row, Self.nothing) }
        let first = try spill(UnsafeRawBufferPointer(rebasing: row[inCell...])).bigEndian
        try withUnsafeBytes(of: first) {
            try add(row.count, UnsafeRawBufferPointer(rebasing: row[..<inCell]), $0)
        }
    }

    /// Adds the next row likewise, which lies in two parts.
    mutating func append(_ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer) throws {
        let count = head.count + tail.count
        if share.bytesInCell(count) == count { return try add(count, head, tail) }
        try Array([head, tail].joined()).withUnsafeBytes { try append($0) }
    }

    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// Adds a cell of what it says of its row's length and number, and what follows that.
    private mutating func add(_ length: Int, _ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer) throws {
        rows += 1
        let number = kind == .table ? rows : nil
        func write(_ cell: UnsafeMutableRawBufferPointer) {
            var position = Varint.write(UInt64(length), to: cell, at: 0)
            if let number { position += Varint.write(number, to: cell, at: position) }
            let between = position + head.count
            UnsafeMutableRawBufferPointer(rebasing: cell[position..<between]).copyMemory(from: head)
            UnsafeMutableRawBufferPointer(rebasing: cell[between..<between + tail.count]).copyMemory(from: tail)
        }
        let count =
            Varint.count(UInt64(length)) + (number.map(Varint.count) ?? 0) + head.count + tail.count
        let size = max(count, TreePage.smallestCell)
        if leaf.append(size, write) { return }
        try turnLeaf()
        let fits = leaf.append(size, write)
        assert(fits, "an empty page has room for four cells")
    }

    /// Writes what is left and returns the root's page.
    /// - Throws: `DatabaseError` when it cannot be written.
    mutating func finish() throws -> UInt32 {
        var child = try leaf.finish(file.append)
        for level in interior.indices { child = try interior[level].finish(rightChild: child, file.append) }
        return child
    }

    /// Writes the leaf and begins another, for the row that it has no room for.
    private mutating func turnLeaf() throws {
        switch kind {
        case .index:
            let between = leaf.removeLast()
            try add(child: try leaf.finish(file.append), between, level: 0)
        case .table:
            var number = [UInt8](repeating: 0, count: 9)
            let count = number.withUnsafeMutableBytes { Varint.write(rows - 1, to: $0, at: 0) }
            try add(child: try leaf.finish(file.append), Array(number[..<count]), level: 0)
        }
    }

    /// Adds a page and what follows it to an interior page.
    private mutating func add(child: UInt32, _ between: [UInt8], level: Int) throws {
        if level == interior.count {
            interior.append(
                TreePage(kind == .index ? .indexInterior : .tableInterior, size: PageFile.pageBytes))
        }
        func write(_ cell: UnsafeMutableRawBufferPointer) {
            cell.storeBytes(of: child.bigEndian, toByteOffset: 0, as: UInt32.self)
            UnsafeMutableRawBufferPointer(rebasing: cell[CellShare.numberBytes...]).copyBytes(from: between)
        }
        let size = CellShare.numberBytes + between.count
        if interior[level].append(size, write) { return }
        let last = interior[level].removeLast()
        let lastChild = last.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
        let page = try interior[level].finish(rightChild: lastChild, file.append)
        let fits = interior[level].append(size, write)
        assert(fits, "an empty page has room for four cells")
        try add(child: page, Array(last[CellShare.numberBytes...]), level: level + 1)
    }

    /// Writes the rest of a long row into pages of their own, and returns the first one.
    private func spill(_ rest: UnsafeRawBufferPointer) throws -> UInt32 {
        let room = share.roomElsewhere
        let first = file.next
        var page = [UInt8](repeating: 0, count: PageFile.pageBytes)
        for start in stride(from: 0, to: rest.count, by: room) {
            let part = rest[start..<min(start + room, rest.count)]
            let following = part.endIndex == rest.count ? 0 : file.nextButOne
            _ = try page.withUnsafeMutableBytes { page in
                page.storeBytes(of: following.bigEndian, toByteOffset: 0, as: UInt32.self)
                UnsafeMutableRawBufferPointer(rebasing: page[CellShare.numberBytes...]).copyBytes(from: part)
                return try file.append(UnsafeRawBufferPointer(page))
            }
        }
        return first
    }
}
