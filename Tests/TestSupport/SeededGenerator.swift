/// A small generator whose run a printed seed repeats (SplitMix64, by Steele, Lea and Flood).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

    /// A new run each time; it prints its seed, so that a failure can be had again.
    package static func printed(_ name: String, seed: UInt64 = UInt64.random(in: 0 ... .max)) -> SeededGenerator {
        print("\(name): seed \(seed)")
        return SeededGenerator(state: seed)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Text made of the pieces, where a piece that stands twice in the list comes up twice as often.
    package mutating func soup(of pieces: [String], count: ClosedRange<Int>) -> String {
        (0..<Int.random(in: count, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}
