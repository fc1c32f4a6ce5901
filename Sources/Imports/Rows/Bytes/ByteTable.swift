import Domain

/// Distinct texts, told apart by their bytes and numbered in the order in which they came.
struct ByteTable: Sendable {
    /// The texts, one after the other.
    private(set) var bytes: [UInt8] = []
    /// Where each text ends in `bytes`.
    private(set) var ends: [UInt32] = []
    private var hashes: [Int] = []
    /// 0 where free, else one more than a text's number. A power of two, at least twice as many as texts.
    private var slots = [UInt32](repeating: 0, count: 16)

    var count: Int { ends.count }

    /// Where a text lies in `bytes`.
    func range(_ number: Int) -> Range<Int> {
        (number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])
    }

    /// A text as it stands.
    func text(_ number: Int) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    /// A text's number; nil when it never came.
    func number(of text: UnsafeRawBufferPointer) -> Int? {
        let found = slots[slot(of: text, hash: Self.hash(text))]
        return found == 0 ? nil : Int(found) - 1
    }

    /// A text's number, which it is given now if it never came before.
    mutating func insert(_ text: UnsafeRawBufferPointer) -> Int {
        let hash = Self.hash(text)
        let slot = slot(of: text, hash: hash)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        bytes.append(contentsOf: text)
        ends.append(UInt32(bytes.count))
        hashes.append(hash)
        slots[slot] = UInt32(ends.count)
        if ends.count * 2 > slots.count { grow() }
        return ends.count - 1
    }

    /// Nobody outside knows it, so nobody can make texts that share a slot.
    private static let seed = UInt64.random(in: .min ... .max)

    /// Words of eight bytes, each multiplied in (after wyhash, by Wang Yi): a third of what `Hasher` takes for short texts.
    @inline(__always)
    private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
        var hash = mixed(seed ^ UInt64(text.count))
        var offset = 0
        while offset + 8 <= text.count {
            hash = mixed(hash ^ UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < text.count {
            tail = tail << 8 | UInt64(text[offset])
            offset += 1
        }
        return Int(truncatingIfNeeded: mixed(hash ^ tail))
    }

    @inline(__always)
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
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
