import Domain

/// Reads the cells of a row as SQLite's files have it (https://www.sqlite.org/fileformat2.html#record_format). Whatever the bytes
/// hold, it never reads past them.
enum RecordCells {
    /// The bytes are no row.
    struct Damaged: Error {}

    /// The first cell's text, which is the key of a table WITHOUT ROWID.
    @inline(__always)
    static func key(_ record: UnsafeRawBufferPointer) throws(Damaged) -> UnsafeRawBufferPointer {
        var walk = try Walk(record)
        let (type, bytes) = try walk.next()
        guard type >= 13 else { throw Damaged() }
        return bytes
    }

    /// One of the cells.
    /// - Parameter column: counted from 0.
    static func cell(_ record: UnsafeRawBufferPointer, at column: Int) throws(Damaged) -> PackedRow.Cell {
        var walk = try Walk(record)
        for _ in 0..<column { _ = try walk.next() }
        return try walk.nextCell()
    }

    /// Reads all cells.
    /// - Parameter cells: takes them in place of what it has; their texts are good as long as the record.
    static func read(_ record: UnsafeRawBufferPointer, into cells: inout [PackedRow.Cell]) throws(Damaged) {
        var walk = try Walk(record)
        // Nearly always as many as the last row had: each is then written in its place.
        let read = try cells.withUnsafeMutableBufferPointer { (cells) throws(Damaged) in
            var read = 0
            while !walk.isAtEnd, read < cells.count {
                cells[read] = try walk.nextCell()
                read += 1
            }
            return read
        }
        if read < cells.count { cells.removeSubrange(read...) }
        while !walk.isAtEnd { cells.append(try walk.nextCell()) }
    }

    /// Goes from cell to cell.
    struct Walk {
        private let record: UnsafeRawBufferPointer
        private let end: Int
        /// Where the next cell's number in the header is, and where the cell is.
        private(set) var position = 0
        private(set) var place: Int

        init(_ record: UnsafeRawBufferPointer) throws(Damaged) {
            self.record = record
            guard let head = Varint.read(record, at: &position), head <= UInt64(record.count), position <= Int(head)
            else {
                throw Damaged()
            }
            end = Int(head)
            place = end
        }

        /// Whether no cell is left.
        var isAtEnd: Bool { position == end }

        /// The next cell's number in the header, and its bytes.
        @inline(__always)
        mutating func next() throws(Damaged) -> (type: UInt64, bytes: UnsafeRawBufferPointer) {
            guard let type = Varint.read(record, at: &position), position <= end else { throw Damaged() }
            let bytes = try part(of: record, at: place, type)
            place += bytes.count
            return (type, bytes)
        }

        /// The next cell; its text is good as long as the record.
        @inline(__always)
        mutating func nextCell() throws(Damaged) -> PackedRow.Cell {
            let (type, bytes) = try next()
            return cell(type, bytes)
        }
    }

    /// Where a cell lies.
    @inline(__always)
    private static func part(
        of record: UnsafeRawBufferPointer, at place: Int, _ type: UInt64
    ) throws(Damaged) -> UnsafeRawBufferPointer {
        let count: UInt64 =
            switch type {
            // Bytes, and what SQLite keeps for itself, are in no row of a table.
            case 10, 11: throw Damaged()
            case 12...:
                if type.isMultiple(of: 2) { throw Damaged() } else { (type - 13) / 2 }
            case 1...4: type
            case 5: 6
            case 6, 7: 8
            default: 0
            }
        guard count <= UInt64(record.count - place) else { throw Damaged() }
        return UnsafeRawBufferPointer(rebasing: record[place..<place + Int(count)])
    }

    @inline(__always)
    private static func cell(_ type: UInt64, _ bytes: UnsafeRawBufferPointer) -> PackedRow.Cell {
        switch type {
        case 13...: .text(bytes)
        case 1...6: .integer(number(bytes))
        case 7: .real(Double(bitPattern: UInt64(bitPattern: number(bytes))))
        case 8: .integer(0)
        case 9: .integer(1)
        default: .null
        }
    }

    /// A number of so many bytes, the highest first, of which the first has the sign.
    @inline(__always)
    private static func number(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        if bytes.count == 8 { return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) }
        var number = Int64(Int8(bitPattern: bytes[0]))
        for byte in bytes.dropFirst() { number = number << 8 | Int64(byte) }
        return number
    }
}
