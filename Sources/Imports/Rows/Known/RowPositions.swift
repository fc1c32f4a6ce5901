/// Positions among the surviving rows of a chunk, in input order: one bit each.
struct RowPositions: Equatable {
    private var bits: [UInt8] = []
    private(set) var count = 0

    init() {}

    /// Reads the bytes of an object.
    init(_ bytes: [UInt8]) {
        bits = bytes
        count = bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The bytes of the object.
    var encoded: [UInt8] { bits }

    mutating func insert(_ position: Int) {
        while bits.count <= position / 8 { bits.append(0) }
        guard !contains(position) else { return }
        bits[position / 8] |= 1 << UInt8(position % 8)
        count += 1
    }

    func contains(_ position: Int) -> Bool {
        position / 8 < bits.count && bits[position / 8] & 1 << UInt8(position % 8) != 0
    }
}
