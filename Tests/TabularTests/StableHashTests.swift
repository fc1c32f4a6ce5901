import Tabular
import Testing

@Suite struct StableHashTests {
    /// Values of the Python package mmh3 5 (`hash64(key, 0, True)`), whose C code descends from the author's.
    @Test(arguments: [
        ("", "00000000000000000000000000000000"),
        ("a", "85555565f6597889e6b53a48510e895a"),
        ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
        ("0123456789abcde", "a62dd5f6c0bf23514fccf50c7c544cf0"),
        ("0123456789abcdef", "4be06d94cf4ad1a787c35b5c63a708da"),
        ("0123456789abcdefg", "8e32612daa45f9de0800f4c206c372ee"),
        ("Ünïcode, Zürich", "38c09195a130337c4f0c5e5e729ef813"),
    ])
    func knownValues(text: String, expected: String) {
        let bytes = Array(text.utf8)
        #expect(StableHash.hash128(bytes).description == expected)
        #expect(StableHash.hash64(bytes) == StableHash.hash128(bytes).high)
    }

    @Test func allLengthsAtAnyAlignment() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(StableHash.hash128(bytes).description == "1c99c313dc6f12b970d6077fab34cc1e")
        let shifted = [7] + bytes
        var seen: Set<Hash128> = []
        for length in 0...256 {
            let plain = StableHash.hash128(Array(bytes.prefix(length)))
            let unaligned = shifted.withUnsafeBytes {
                StableHash.hash128(UnsafeRawBufferPointer(rebasing: $0[1..<(1 + length)]))
            }
            #expect(plain == unaligned)
            seen.insert(plain)
        }
        #expect(seen.count == 257)
    }
}
