import Domain

/// The index of an image while its rows come in the order of their keys: which value each of them has.
///
/// A few large buffers, which go back to the system when they are done with: an array for each value left its memory in pieces.
struct ScratchIndex {
    /// Position of the column that it is about.
    let column: Int
    private var values = ByteTable()
    /// Of each row one more than its value's number, or 0 where it has none.
    private var numbers: [UInt32] = []
    /// Of each row the 32 bits of its key's length, and the key.
    private var keys: [UInt8] = []

    private static let headBytes = MemoryLayout<UInt32>.size
    private static let keysAtOnce = 64

    /// Nil for a table without one.
    init?(_ table: EntityTable) {
        guard let column = Schema.indexedColumn(of: table).flatMap(table.index(of:)) else { return nil }
        self.column = column
    }

    /// Adds the next row.
    mutating func append(_ value: PackedRow.Cell, key: UnsafeRawBufferPointer) {
        if case .text(let value) = value {
            numbers.append(UInt32(values.insert(value) + 1))
        } else {
            numbers.append(0)
        }
        withUnsafeBytes(of: UInt32(key.count)) { keys.append(contentsOf: $0) }
        keys.append(contentsOf: key)
    }

    /// Writes the index, and returns its root's page.
    /// - Throws: `DatabaseError` when it cannot be written.
    consuming func write(to file: PageFile) throws -> UInt32 {
        var tree = TreeWriter(.index, in: file)
        var head = RowHead()
        let (order, ends) = valuesInOrder()
        let places = placesInOrder(ends)
        var counts = [Int](repeating: 0, count: Self.keysAtOnce)
        try values.bytes.withUnsafeBytes { bytes in
            try keys.withUnsafeBytes { keys in
                var row = 0
                for number in order {
                    let value = cell(number, bytes)
                    head.forget()
                    while row < ends[number] {
                        let next = places[row..<min(row + counts.count, ends[number])]
                        // Each lies elsewhere in memory: so many are waited for at once.
                        for (position, place) in next.enumerated() {
                            counts[position] = Int(keys.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                        }
                        for (place, count) in zip(next, counts) {
                            let start = place + Self.headBytes
                            let key = UnsafeRawBufferPointer(rebasing: keys[start..<start + count])
                            try head.bytes(value, before: key).withUnsafeBytes { try tree.append($0, key) }
                        }
                        row += next.count
                    }
                }
            }
        }
        return try tree.finish()
    }

    /// The value that rows of a number have.
    private func cell(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> PackedRow.Cell {
        number == 0 ? .null : .text(UnsafeRawBufferPointer(rebasing: bytes[values.range(number - 1)]))
    }

    /// The values' numbers in the index's order, and for each number where its rows end among all rows in that order.
    private func valuesInOrder() -> (order: [Int], ends: [Int]) {
        // None stands first.
        let order = [0] + values.numbersInOrder.map { $0 + 1 }
        var ends = [Int](repeating: 0, count: order.count)
        for number in numbers { ends[Int(number)] += 1 }
        var end = 0
        for number in order {
            end += ends[number]
            ends[number] = end
        }
        return (order, ends)
    }

    /// Where each row's key lies, in the index's order.
    private func placesInOrder(_ ends: [Int]) -> [Int] {
        var next = ends
        for number in numbers { next[Int(number)] -= 1 }
        var places = [Int](repeating: 0, count: numbers.count)
        keys.withUnsafeBytes { keys in
            var position = 0
            for number in numbers {
                places[next[Int(number)]] = position
                next[Int(number)] += 1
                position += Self.headBytes + Int(keys.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            }
        }
        return places
    }
}

/// What precedes a key in an index's row: the same for keys of one length, as nearly all have.
private struct RowHead {
    private var record = Record(width: 2)
    private var keyBytes: Int?
    private var bytes: [UInt8] = []

    /// Another value comes.
    mutating func forget() { keyBytes = nil }

    mutating func bytes(_ value: PackedRow.Cell, before key: UnsafeRawBufferPointer) -> [UInt8] {
        if keyBytes == key.count { return bytes }
        keyBytes = key.count
        record.clear()
        record.append(value)
        record.append(.text(key))
        bytes = record.withBytes { Array($0.dropLast(key.count)) }
        return bytes
    }
}
