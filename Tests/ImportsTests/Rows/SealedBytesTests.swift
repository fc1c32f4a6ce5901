import TestSupport
import Testing

@testable import Imports

/// Staged objects say whether they are what was written.
@Suite struct SealedBytesTests {
    private static let room = SealedBytes.blockBytes - 8

    private static func bytes(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test(arguments: [0, 1, room - 1, room, room + 1, 3 * room, 3 * room + 77])
    func `bytes come back, whole and in pieces`(count: Int) throws {
        var random = SeededGenerator.printed("sealed \(count)")
        let bytes = Self.bytes(count, &random)
        let sealed = SealedBytes.seal(bytes)
        #expect(sealed.count == SealedBytes.count(sealing: count))
        #expect(try SealedBytes.open(sealed) == bytes)
        var opener = SealedBytes.Opener()
        var content: [UInt8] = []
        for start in stride(from: 0, to: sealed.count, by: SealedBytes.blockBytes) {
            #expect(!opener.isAtEnd)
            try opener.open(Array(sealed[start..<min(start + SealedBytes.blockBytes, sealed.count)]), into: &content)
        }
        #expect(opener.isAtEnd)
        #expect(content == bytes)
    }

    /// Seen red with the block's number left out of its seal, and with the last block not demanded.
    @Test(arguments: [0, 5, room, 2 * room + 9])
    func `what a power cut may leave is told from what was written`(count: Int) throws {
        var random = SeededGenerator.printed("damaged \(count)")
        let sealed = SealedBytes.seal(Self.bytes(count, &random))
        let block = SealedBytes.blockBytes
        var damaged: [[UInt8]] = [[], [UInt8](repeating: 0, count: sealed.count)]
        for length in [1, 7, 8, 9, block, 2 * block, sealed.count - 1]
        where length < sealed.count {
            damaged.append(Array(sealed[..<length]))
            let (start, rest) = (Array(sealed[..<length]), Array(sealed[length...]))
            damaged.append(start + [UInt8](repeating: 0, count: rest.count))
            damaged.append([UInt8](repeating: 0, count: start.count) + rest)
        }
        damaged.append(sealed + [0])
        damaged.append(sealed + sealed)
        for _ in 0..<50 {
            var bytes = sealed
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            damaged.append(bytes)
        }
        if count > 2 * Self.room {
            let (first, second) = (sealed[..<block], sealed[block..<2 * block])
            damaged.append(Array(second) + Array(first) + Array(sealed[(2 * block)...]))
        }
        for bytes in damaged where bytes != sealed {
            #expect(throws: StagedDataError.self, "\(bytes.count) of \(sealed.count) bytes") {
                _ = try SealedBytes.open(bytes)
            }
        }
    }
}
