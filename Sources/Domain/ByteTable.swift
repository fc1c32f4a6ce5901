/// Distinct texts, told apart by their bytes and numbered in the order in which they came.
package struct ByteTable: Sendable {
    /// The texts, one after the other.
    package private(set) var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    package private(set) var ends: [UInt32] = []
    private var hashes: [Int] = []
    private let seed = ByteHash.seed
    /// 0 where free, else one more than a text's number. A power of two, at least twice as many as texts.
    private var slots = [UInt32](repeating: 0, count: 16)

    package init() {}

    package var count: Int { ends.count }

    /// Where a text lies in `bytes`.
    package func range(_ number: Int) -> Range<Int> {
        (number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])
    }

    /// A text as it stands.
    package func text(_ number: Int) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    /// The texts' numbers in the order of their bytes.
    package var numbersInOrder: [Int] {
        bytes.withUnsafeBytes { bytes in
            (0..<count).sorted { left, right in
                KeyOrder.compare(
                    UnsafeRawBufferPointer(rebasing: bytes[range(left)]),
                    UnsafeRawBufferPointer(rebasing: bytes[range(right)])) < 0
            }
        }
    }

    /// A text's number; nil when it never came.
    package func number(of text: UnsafeRawBufferPointer) -> Int? {
        let found = slots[slot(of: text, hash: ByteHash.of(text, seed: seed))]
        return found == 0 ? nil : Int(found) - 1
    }

    /// A text's number, which it is given now if it never came before.
    package mutating func insert(_ text: UnsafeRawBufferPointer) -> Int {
        let hash = ByteHash.of(text, seed: seed)
        let slot = slot(of: text, hash: hash)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        bytes.append(contentsOf: text)
        ends.append(UInt32(bytes.count))
        hashes.append(hash)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return ends.count - 1
    }

    /// The slot where a text stands, or the free one where it would.
    @inline(__always)
    private func slot(of text: UnsafeRawBufferPointer, hash: Int) -> Int {
        let mask = slots.count - 1
        var slot = hash & mask
        while true {
            let number = Int(slots[slot]) - 1
            if number < 0 || (hashes[number] == hash && isEqual(number, text)) { return slot }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func isEqual(_ number: Int, _ text: UnsafeRawBufferPointer) -> Bool {
        bytes.withUnsafeBytes { bytes in
            KeyOrder.compare(UnsafeRawBufferPointer(rebasing: bytes[range(number)]), text) == 0
        }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = hash & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(number + 1)
        }
    }
}
