import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

struct RecordTests {
    private static func cells(_ count: Int, _ random: inout SeededGenerator) -> [FieldValue] {
        (0..<count).map { _ in
            switch Int.random(in: 0..<50, using: &random) {
            case 0: .null
            case 1:
                .integer(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random))
            case 20...29: .real(Double.random(in: -1e9...1e9, using: &random))
            // Around the lengths from which on a number in the header takes two bytes, as above three.
            case 30...33: .text(String(repeating: "x", count: [57, 58].randomElement(using: &random) ?? 0))
            default: .text(String(repeating: "é", count: Int.random(in: 0...30, using: &random)))
            }
        }
    }

    private static func bytes(_ values: [FieldValue]) -> [UInt8] {
        var record = Record(width: values.count)
        for var value in values { value.withCell { record.append($0) } }
        return record.withBytes(Array.init)
    }

    /// Seen red with what follows a change copied from the changed cell on.
    @Test func `a row that is another but for some cells is the row made of all its cells`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(state: seed)
        for _ in 0..<60 {
            let width = Int.random(in: 1...140, using: &random)
            let former = Self.cells(width, &random)
            let others = Self.cells(width, &random)
            let share = Double.random(in: 0...1, using: &random)
            let columns = (0..<width).filter { _ in Double.random(in: 0..<1, using: &random) < share }
            var wanted = former
            for column in columns { wanted[column] = others[column] }
            var record = Record(width: width)
            var texts = columns.map { Array((others[$0].text ?? "").utf8) }
            // Each text lies where it stays while the row is made.
            var replaced: [PackedRow.Cell] = []
            let made = try Self.withCells(columns, others, &texts) { changes in
                try Self.bytes(former).withUnsafeBytes {
                    try record.begin(from: $0, changes, replaced: &replaced)
                    #expect(replaced.map(\.value) == columns.map { former[$0] }, "seed \(seed)")
                }
                return record.withBytes(Array.init)
            }
            #expect(made == Self.bytes(wanted), "seed \(seed)")
        }
    }

    private static func withCells<Result>(
        _ columns: [Int], _ values: [FieldValue], _ texts: inout [[UInt8]],
        _ body: ([(column: Int, cell: PackedRow.Cell)]) throws -> Result
    ) rethrows -> Result {
        let ends = texts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        return try Array(texts.joined()).withUnsafeBytes { all in
            try body(
                columns.enumerated().map { position, column in
                    let text = UnsafeRawBufferPointer(rebasing: all[ends[position]..<ends[position + 1]])
                    return switch values[column] {
                    case .null: (column, .null)
                    case .integer(let number): (column, .integer(number))
                    case .real(let number): (column, .real(number))
                    case .text: (column, .text(text))
                    }
                })
        }
    }

    /// Seen red with the cells of a longer row left behind a shorter one.
    @Test func `rows of any length are read one after the other`() throws {
        var random = SeededGenerator.printed("rows of any length")
        var cells: [PackedRow.Cell] = []
        for _ in 0..<200 {
            let values = Self.cells(Int.random(in: 0...20, using: &random), &random)
            try Self.bytes(values).withUnsafeBytes { bytes in
                try RecordCells.read(bytes, into: &cells)
                #expect(cells.map(\.value) == values)
            }
        }
    }

    @Test func `what is no row, or has no such cell, is refused`() throws {
        var record = Record(width: 3)
        var replaced: [PackedRow.Cell] = []
        for bytes: [UInt8] in [[], [200], [9, 1, 1], [3, 13 + 40, 0]] {
            #expect(throws: RecordCells.Damaged.self) {
                try bytes.withUnsafeBytes { try record.begin(from: $0, [], replaced: &replaced) }
            }
        }
        let row = Self.bytes([.integer(5), .null])
        #expect(throws: RecordCells.Damaged.self) {
            try row.withUnsafeBytes { try record.begin(from: $0, [(2, .null)], replaced: &replaced) }
        }
    }
}
