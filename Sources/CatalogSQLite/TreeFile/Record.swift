import Domain

/// One row as SQLite's files have it: the size of a header, for each cell a number that says what it is and how long, then
/// the cells (https://www.sqlite.org/fileformat2.html#record_format). Used again for row after row.
struct Record {
    private static let longestVarint = 9

    /// The header's numbers from `headRoom` on, the cells from `bodyStart` on.
    private var bytes: [UInt8]
    private let bodyStart: Int
    private var headEnd: Int
    private var bodyEnd: Int
    /// What may precede the header's numbers: its own size.
    private static let headRoom = longestVarint

    /// - Parameter width: cells at most.
    init(width: Int) {
        bodyStart = Self.headRoom + Self.longestVarint * width
        bytes = [UInt8](repeating: 0, count: bodyStart + 1024)
        headEnd = Self.headRoom
        bodyEnd = bodyStart
    }

    /// Begins a row.
    mutating func clear() {
        headEnd = Self.headRoom
        bodyEnd = bodyStart
    }

    /// Adds the row's next cell, as a column of its own kind would store it.
    mutating func append(_ cell: PackedRow.Cell) {
        reserve(Self.mostBytes(of: cell))
        write { $0.append(cell) }
    }

    /// Adds bytes that are no text as the row's next cell.
    mutating func append(blob: UnsafeRawBufferPointer) {
        reserve(blob.count)
        write { $0.append(blob: blob) }
    }

    /// Adds the row's next cells, as columns of their own kinds would store them.
    mutating func append(_ cells: [PackedRow.Cell]) {
        reserve(cells.reduce(0) { $0 + Self.mostBytes(of: $1) })
        write { room in
            for cell in cells { room.append(cell) }
        }
    }

    /// Begins a row that is another one but for some of its cells, of which the rest is copied as it is.
    /// - Parameters:
    ///   - other: a row as `withBytes` hands it over.
    ///   - changes: positions of cells, ascending, and what they are in this row.
    ///   - replaced: takes what they are in the other one, which is good as long as that, in place of what it has.
    /// - Throws: `RecordCells.Damaged` when the other is no row, or has no such cell.
    mutating func begin(
        from other: UnsafeRawBufferPointer, _ changes: [(column: Int, cell: PackedRow.Cell)],
        replaced: inout [PackedRow.Cell]
    ) throws(RecordCells.Damaged) {
        replaced.removeAll(keepingCapacity: true)
        clear()
        reserve(changes.reduce(other.count) { $0 + Self.mostBytes(of: $1.cell) })
        let spliced = write { room in
            Result { () throws(RecordCells.Damaged) in try room.splice(other, changes, &replaced) }
        }
        try spliced.get()
    }

    /// Ends the row and hands over its bytes, which are good for the length of the call.
    mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let numbers = headEnd - Self.headRoom
        // The size counts itself.
        var size = numbers + 1
        if Varint.count(UInt64(size)) > 1 { size += Varint.count(UInt64(size + 1)) - 1 }
        let start = bodyStart - size
        return try bytes.withUnsafeMutableBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[start + Varint.count(UInt64(size))..<bodyStart])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[Self.headRoom..<headEnd]))
            _ = Varint.write(UInt64(size), to: bytes, at: start)
            return try body(UnsafeRawBufferPointer(rebasing: bytes[start..<bodyEnd]))
        }
    }

    /// Hands over where the next cells go, once there is room for them.
    private mutating func write<Value>(_ body: (inout Room) -> Value) -> Value {
        let (head, cells) = (headEnd, bodyEnd)
        let (value, room) = bytes.withUnsafeMutableBytes { bytes in
            var room = Room(bytes: bytes, headEnd: head, bodyEnd: cells)
            let value = body(&room)
            return (value, (room.headEnd, room.bodyEnd))
        }
        (headEnd, bodyEnd) = room
        return value
    }

    /// Makes the cells' part this much longer than it is, so that cells can be written without looks at their room.
    private mutating func reserve(_ count: Int) {
        if bodyEnd + count > bytes.count {
            bytes.append(contentsOf: repeatElement(0, count: max(bytes.count, count)))
        }
    }

    private static func mostBytes(of cell: PackedRow.Cell) -> Int {
        if case .text(let text) = cell { text.count } else { 8 }
    }
}

/// Where a record's next cells go.
private struct Room {
    var bytes: UnsafeMutableRawBufferPointer
    var headEnd: Int
    var bodyEnd: Int

    @inline(__always)
    mutating func append(_ cell: PackedRow.Cell) {
        switch cell {
        case .null: type(0)
        case .integer(let number): append(number)
        // Not a number is none, as SQLite has it.
        case .real(let number) where number.isNaN: type(0)
        case .real(let number):
            type(7)
            append(bigEndian: number.bitPattern, count: 8)
        case .text(let text):
            type(UInt64(text.count) * 2 + 13)
            put(text, &bodyEnd)
        }
    }

    mutating func append(blob: UnsafeRawBufferPointer) {
        type(UInt64(blob.count) * 2 + 12)
        put(blob, &bodyEnd)
    }

    /// Adds the cells of another row, but for those that change.
    mutating func splice(
        _ other: UnsafeRawBufferPointer, _ changes: [(column: Int, cell: PackedRow.Cell)],
        _ replaced: inout [PackedRow.Cell]
    ) throws(RecordCells.Damaged) {
        var walk = try RecordCells.Walk(other)
        var column = 0
        for change in changes {
            let kept = walk
            while column < change.column {
                _ = try walk.next()
                column += 1
            }
            copy(kept, upTo: walk, other)
            replaced.append(try walk.nextCell())
            column += 1
            append(change.cell)
        }
        let kept = walk
        while !walk.isAtEnd { _ = try walk.next() }
        copy(kept, upTo: walk, other)
    }

    /// Adds the cells between two places in another row.
    private mutating func copy(_ from: RecordCells.Walk, upTo end: RecordCells.Walk, _ other: UnsafeRawBufferPointer) {
        put(UnsafeRawBufferPointer(rebasing: other[from.position..<end.position]), &headEnd)
        put(UnsafeRawBufferPointer(rebasing: other[from.place..<end.place]), &bodyEnd)
    }

    private func put(_ part: UnsafeRawBufferPointer, _ end: inout Int) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + part.count]).copyMemory(from: part)
        end += part.count
    }

    private mutating func append(_ number: Int64) {
        switch number {
        case 0: type(8)
        case 1: type(9)
        case -0x80...0x7F: store(number, type: 1, count: 1)
        case -0x8000...0x7FFF: store(number, type: 2, count: 2)
        case -0x80_0000...0x7F_FFFF: store(number, type: 3, count: 3)
        case -0x8000_0000...0x7FFF_FFFF: store(number, type: 4, count: 4)
        case -0x8000_0000_0000...0x7FFF_FFFF_FFFF: store(number, type: 5, count: 6)
        default: store(number, type: 6, count: 8)
        }
    }

    private mutating func store(_ number: Int64, type number64: UInt64, count: Int) {
        type(number64)
        append(bigEndian: UInt64(bitPattern: number), count: count)
    }

    /// The cell's number in the header.
    private mutating func type(_ number: UInt64) { headEnd += Varint.write(number, to: bytes, at: headEnd) }

    /// The lowest `count` bytes of a number.
    private mutating func append(bigEndian number: UInt64, count: Int) {
        let shifted = (number << (64 - 8 * UInt64(count))).bigEndian
        bytes.storeBytes(of: shifted, toByteOffset: bodyEnd, as: UInt64.self)
        bodyEnd += count
    }
}
