import TestSupport

/// Names that somebody might send to get out of the store's folder, or to be taken for another.
struct HostileNames {
    private static let pieces = [
        "..", ".", "/", "//", "\\", "..\\", "\0", "%", "%00", "%2e%2e", "%2F", "..%c0%af", "~", "C:", "a", "B", "7",
        "-",
        "_", "=", " ", "\n", "\u{7F}", "é", "e\u{301}", "ร้าน", "\u{202E}", "\u{FF0F}", "metadata.json", ".lock",
        String(repeating: "x", count: 120),
    ]

    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(state: seed) }

    /// Up to six pieces, none at all among the possibilities.
    mutating func next() -> String {
        (0..<Int.random(in: 0...6, using: &generator)).reduce(into: "") { name, _ in
            name += Self.pieces.randomElement(using: &generator) ?? ""
        }
    }
}
