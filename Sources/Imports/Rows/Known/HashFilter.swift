/// Hashes in a sixteenth of the room or less: it tells for sure which are not among them, and takes some few that are not for
/// one that is.
struct HashFilter {
    /// Of each bit that stands for a hash so many stand for none.
    private static let spareBits = 16
    private var words: [UInt64]
    private let mask: UInt64

    init(_ hashes: some Collection<UInt64>) {
        var bits = 64
        while bits < hashes.count * Self.spareBits { bits *= 2 }
        words = [UInt64](repeating: 0, count: bits / 64)
        mask = UInt64(bits - 1)
        for hash in hashes { words[Int((hash & mask) / 64)] |= 1 << (hash & 63) }
    }

    /// False when it is none of them.
    func mayContain(_ hash: UInt64) -> Bool { words[Int((hash & mask) / 64)] & (1 << (hash & 63)) != 0 }
}
