import TestSupport
import Testing

@testable import CatalogSQLite

/// Many rows of the history in one.
struct HistoryBlockTests {
    private static func row(_ random: inout SeededGenerator, after last: HistoryBlock.Row?) -> HistoryBlock.Row {
        func text(_ former: [UInt8]) -> [UInt8] {
            let kept = former.prefix(Int.random(in: 0...former.count, using: &random))
            // Longer than what one byte can count, now and then.
            let more = Int.random(in: 0...9, using: &random) == 0 ? 300 : Int.random(in: 0...5, using: &random)
            return kept + (0..<more).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        let wasThere = Bool.random(using: &random)
        return HistoryBlock.Row(key: text(last?.key ?? []), before: wasThere ? text(last?.before ?? []) : nil)
    }

    private static func block(_ rows: [HistoryBlock.Row], in block: inout HistoryBlock) -> [UInt8] {
        block.clear()
        for row in rows {
            row.key.withUnsafeBytes { key in
                if let before = row.before {
                    before.withUnsafeBytes { block.append(key, before: $0) }
                } else {
                    block.append(key, before: nil)
                }
            }
        }
        return block.bytes
    }

    @Test func `what is read is what was written`() throws {
        var random = SeededGenerator.printed("history blocks")
        // The same one again, which must forget the rows before.
        var block = HistoryBlock()
        for _ in 0..<300 {
            var rows: [HistoryBlock.Row] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                rows.append(Self.row(&random, after: rows.last))
            }
            let bytes = Self.block(rows, in: &block)
            #expect(block.count == rows.count)
            #expect(try bytes.withUnsafeBytes { try HistoryBlock.rows($0) } == rows)
        }
    }

    @Test func `what is like in the row before is kept once`() {
        let rows = (100_000..<100_256).map { number in
            HistoryBlock.Row(key: Array("OUTLET-\(number)".utf8), before: Array(#"{"sales_volume":\#(number).5}"#.utf8))
        }
        var block = HistoryBlock()
        let bytes = Self.block(rows, in: &block)
        #expect(bytes.count < rows.count * 12)
        #expect(block.isFull)
    }

    /// Seen red with neither length looked at (a debug build looks at every byte that is read).
    @Test func `a damaged block is told, or read as another, and never read past its end`() {
        var random = SeededGenerator.printed("damaged history blocks")
        var block = HistoryBlock()
        var told = 0
        for _ in 0..<3000 {
            var rows: [HistoryBlock.Row] = []
            for _ in 0..<6 { rows.append(Self.row(&random, after: rows.last)) }
            var bytes = Self.block(rows, in: &block)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
            do {
                let read = try bytes.withUnsafeBytes { try HistoryBlock.rows($0) }
                #expect(read.count <= bytes.count)
            } catch {
                told += 1
            }
        }
        #expect(told > 1000)
    }
}
