import Tabular

/// Finds rows by the hashes of their keys, eight bytes a row. It holds numbers of rows only; the hashes stay with the rows.
struct KeyIndex {
    /// 0 where free, else one more than a row. A power of two.
    private var slots: [UInt32]
    /// Nobody outside knows which keys share a slot.
    private let seed = UInt64.random(in: .min ... .max) | 1

    /// - Parameter capacity: rows that it will hold at most.
    init(capacity: Int = 0) {
        var size = 16
        while size < capacity + capacity / 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    /// Adds a row, unless a row with its key is there: then that one is returned.
    mutating func insert(_ row: Int, _ hashes: [Hash128]) -> Int? {
        let slot = slot(of: hashes[row], hashes)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        slots[slot] = UInt32(row + 1)
        return nil
    }

    /// The row with a key.
    func row(of key: Hash128, _ hashes: [Hash128]) -> Int? {
        let found = slots[slot(of: key, hashes)]
        return found == 0 ? nil : Int(found) - 1
    }

    @inline(__always)
    private func slot(of key: Hash128, _ hashes: [Hash128]) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: ((key.high ^ key.low) &* seed) >> 20) & mask
        while slots[slot] != 0, hashes[Int(slots[slot]) - 1] != key { slot = (slot + 1) & mask }
        return slot
    }
}
