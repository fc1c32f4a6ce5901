/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers from the same seed everywhere. Prints its seed, so that a
/// failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ name: String, seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        state = seed
        print("\(name): seed \(seed)")
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
