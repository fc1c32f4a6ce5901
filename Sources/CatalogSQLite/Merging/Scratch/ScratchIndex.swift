import Domain

/// The index of an image while its rows come in the order of their keys: by value, the keys that have it.
struct ScratchIndex {
    /// Position of the column that it is about.
    let column: Int
    private var numberOfValue: [[UInt8]: Int] = [:]
    private var values: [[UInt8]] = []
    /// By the value's number: keys in order, before each the 32 bits of its length.
    private var keys: [[UInt8]] = []
    private var keysOfNull: [UInt8] = []
    /// The value of the last row, as rows of one often follow one another.
    private var last: (value: [UInt8], number: Int)?

    /// Nil for a table without one.
    init?(_ table: EntityTable) {
        guard let column = Schema.indexedColumn(of: table).flatMap(table.index(of:)) else { return nil }
        self.column = column
    }

    /// Adds the next row.
    mutating func append(_ value: PackedRow.Cell, key: UnsafeRawBufferPointer) {
        guard case .text(let value) = value else { return Self.append(key, to: &keysOfNull) }
        Self.append(key, to: &keys[number(of: value)])
    }

    /// Writes the index, and returns its root's page.
    /// - Throws: `DatabaseError` when it cannot be written.
    consuming func write(to file: PageFile) throws -> UInt32 {
        var tree = TreeWriter(.index, in: file)
        var record = Record(width: 2)
        func write(_ keys: [UInt8], of value: UnsafeRawBufferPointer?) throws {
            try keys.withUnsafeBytes { bytes in
                var position = 0
                while position < bytes.count {
                    let start = position + MemoryLayout<UInt32>.size
                    position = start + Int(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                    record.clear()
                    record.append(value.map { .text($0) } ?? .null)
                    record.append(.text(UnsafeRawBufferPointer(rebasing: bytes[start..<position])))
                    try record.withBytes { try tree.append($0) }
                }
            }
        }
        try write(keysOfNull, of: nil)
        let order = values.indices.sorted { values[$0].lexicographicallyPrecedes(values[$1]) }
        for number in order {
            try values[number].withUnsafeBytes { try write(keys[number], of: $0) }
            // Done with: of millions of rows it is a lot.
            keys[number] = []
        }
        return try tree.finish()
    }

    private mutating func number(of value: UnsafeRawBufferPointer) -> Int {
        if let last, last.value.elementsEqual(value) { return last.number }
        let bytes = Array(value)
        if let number = numberOfValue[bytes] {
            last = (bytes, number)
            return number
        }
        let number = values.count
        numberOfValue[bytes] = number
        values.append(bytes)
        keys.append([])
        last = (bytes, number)
        return number
    }

    private static func append(_ key: UnsafeRawBufferPointer, to keys: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(key.count)) { keys.append(contentsOf: $0) }
        keys.append(contentsOf: key)
    }
}
