import TestSupport

extension SeededGenerator {
    /// A generator under a fresh seed, printed, so that a failure can be had again.
    static func printed(_ name: String, seed: UInt64 = UInt64.random(in: 0...UInt64.max)) -> SeededGenerator {
        print("\(name): seed \(seed)")
        return SeededGenerator(state: seed)
    }

    /// Text made of the pieces; one that stands twice in the list comes up twice as often.
    mutating func soup(of pieces: [String], count: ClosedRange<Int>) -> String {
        (0..<Int.random(in: count, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}
