import Domain

/// The index of an image while its rows come in the order of their keys: which value each of them has.
///
/// A few large buffers, which go back to the system when they are done with: an array for each value left its memory in pieces.
struct ScratchIndex {
    /// Position of the column that it is about.
    let column: Int
    private var numberOfValue: [[UInt8]: Int] = [:]
    /// None, which stands first, and then each value as it came.
    private var values: [[UInt8]?] = [nil]
    /// Of each row the number of its value.
    private var numbers: [UInt32] = []
    /// Of each row the 32 bits of its key's length, and the key.
    private var keys: [UInt8] = []
    /// The value of the last row, as rows of one often follow one another.
    private var last: (value: [UInt8], number: Int)?

    private static let headBytes = MemoryLayout<UInt32>.size

    /// Nil for a table without one.
    init?(_ table: EntityTable) {
        guard let column = Schema.indexedColumn(of: table).flatMap(table.index(of:)) else { return nil }
        self.column = column
    }

    /// Adds the next row.
    mutating func append(_ value: PackedRow.Cell, key: UnsafeRawBufferPointer) {
        if case .text(let value) = value {
            numbers.append(UInt32(number(of: value)))
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
        var record = Record(width: 2)
        let (order, ends) = valuesInOrder()
        let places = placesInOrder(ends)
        try keys.withUnsafeBytes { keys in
            var row = 0
            for number in order {
                try values[number].withCell { value in
                    while row < ends[number] {
                        let start = places[row] + Self.headBytes
                        let count = Int(keys.loadUnaligned(fromByteOffset: places[row], as: UInt32.self))
                        record.clear()
                        record.append(value)
                        record.append(.text(UnsafeRawBufferPointer(rebasing: keys[start..<start + count])))
                        try record.withBytes { try tree.append($0) }
                        row += 1
                    }
                }
            }
        }
        return try tree.finish()
    }

    /// The values' numbers in the index's order, and for each number where its rows end among all rows in that order.
    private func valuesInOrder() -> (order: [Int], ends: [Int]) {
        let order = values.indices.sorted { left, right in
            guard let one = values[left], let other = values[right] else { return left < right }
            return one.lexicographicallyPrecedes(other)
        }
        var ends = [Int](repeating: 0, count: values.count)
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

    private mutating func number(of value: UnsafeRawBufferPointer) -> Int {
        if let last, last.value.elementsEqual(value) { return last.number }
        let bytes = Array(value)
        let number = numberOfValue[bytes] ?? values.count
        if number == values.count {
            numberOfValue[bytes] = number
            values.append(bytes)
        }
        last = (bytes, number)
        return number
    }
}

extension [UInt8]? {
    /// Calls `body` with the bytes as a text, or with none.
    fileprivate func withCell(_ body: (PackedRow.Cell) throws -> Void) rethrows {
        guard let self else { return try body(.null) }
        try self.withUnsafeBytes { try body(.text($0)) }
    }
}
