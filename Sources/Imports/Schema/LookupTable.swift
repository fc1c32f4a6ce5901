import Domain

/// A lookup table ready for use: keys trimmed and folded, so that the many spellings of a value meet.
final class LookupTable: Sendable {
    private static let longestFoldedInPlace = 256

    /// Positions in `ends` by folded key.
    private let positions: [String: Int]
    /// The folded keys' bytes, numbered as in `positions`.
    private let keys: ByteTable
    private let isASCII: Bool
    private let values: StillBytes
    private let ends: [Int]

    init(_ source: LookupSource) {
        let pairs = (source.entries ?? [:]).map { (Self.fold($0.key), $0.value) }
        // Equal after folding: the one that sorts first, so that every run chooses alike.
        let values = Dictionary(pairs.sorted { $0.1 < $1.1 }) { first, _ in first }
        var positions: [String: Int] = [:]
        var keys = ByteTable()
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for (key, value) in values {
            positions[key] = ends.count
            bytes += value.utf8
            ends.append(bytes.count)
            var key = key
            _ = key.withUTF8 { keys.insert(UnsafeRawBufferPointer($0)) }
        }
        self.positions = positions
        self.keys = keys
        self.values = StillBytes(bytes)
        self.ends = ends
        isASCII = values.keys.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    }

    /// The value for a key; nil when the table does not know it. The bytes are good for as long as the table.
    func value(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        position(key).map { values[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]] }
    }

    private func position(_ key: UnsafeRawBufferPointer) -> Int? {
        if key.count <= Self.longestFoldedInPlace, key.isASCII {
            if let known = positionOfASCII(key) { return known }
            if isASCII { return nil }
        }
        // What Swift takes for equal may be other bytes.
        let text = key.text
        return positions[text] ?? positions[Self.fold(text)]
    }

    private func positionOfASCII(_ key: UnsafeRawBufferPointer) -> Int? {
        withUnsafeTemporaryAllocation(byteCount: Self.longestFoldedInPlace, alignment: 1) { folded in
            var start = 0
            var end = key.count
            while start < end, Self.isWhitespace(key[start]) { start += 1 }
            while end > start, Self.isWhitespace(key[end - 1]) { end -= 1 }
            for offset in start..<end {
                let byte = key[offset]
                folded[offset - start] = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
            }
            return keys.number(of: UnsafeRawBufferPointer(rebasing: folded[..<(end - start)]))
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func fold(_ text: String) -> String {
        text.trimming { $0.isWhitespace }.uppercased()
    }
}

extension StringProtocol {
    /// The text without leading and trailing characters of a kind.
    func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) })
        else { return "" }
        return String(self[first...last])
    }
}
