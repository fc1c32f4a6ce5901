/// Hashes in sixteen bits each: it tells for sure which are not among them, and takes some few that are not for one that is.
struct HashFilter {
    /// Of each bit that stands for a hash so many stand for none.
    private static let spareBits = 16
    private var words: [UInt64]
    private let mask: UInt64

    /// - Parameter capacity: how many there will be.
    init(capacity: Int) {
        var bits = 64
        while bits < capacity * Self.spareBits { bits *= 2 }
        words = [UInt64](repeating: 0, count: bits / 64)
        mask = UInt64(bits - 1)
    }

    mutating func insert(_ hash: UInt64) { words[Int((hash & mask) / 64)] |= 1 << (hash & 63) }

    /// False when it is none of them.
    func mayContain(_ hash: UInt64) -> Bool { words[Int((hash & mask) / 64)] & (1 << (hash & 63)) != 0 }
}
