import Domain
import Foundation
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// Staged rows of many chunks, read as one sequence.
@Suite struct StagedRunsTests {
    private struct Row: Equatable, CustomStringConvertible {
        let key: String
        let source: Int
        let size: Int

        var description: String { "\(key) of \(source), \(size) bytes" }
    }

    private static func read(_ runs: [StagedRun]) async throws -> [Row] {
        var all = try await StagedRuns(runs)
        var rows: [Row] = []
        while let batch = try await all.next() {
            #expect(!batch.rows.isEmpty)
            for row in batch.rows {
                try batch.bytes[row.bytes].withUnsafeBytes { bytes in
                    var reader = PackedRow.Reader(bytes)
                    guard case .text(let key) = try reader.next(), case .text(let name) = try reader.next() else {
                        return
                    }
                    rows.append(
                        Row(key: String(decoding: key, as: UTF8.self), source: row.source, size: name.count))
                }
            }
        }
        return rows
    }

    private static func store(_ folder: URL) throws -> LocalObjectStore {
        try LocalObjectStore(root: folder.appending(path: "objects").path)
    }

    @Test func `rows of many chunks come in the order of their keys, without the refused ones`() async throws {
        var random = SeededGenerator.printed("staged runs")
        try await TestFolder.with { folder in
            let store = try Self.store(folder)
            for round in 0..<20 {
                var expected: [Row] = []
                var runs: [StagedRun] = []
                let numbers = (0..<200).shuffled(using: &random)
                for chunk in 0..<Int.random(in: 0...9, using: &random) {
                    var staged = StagedRows()
                    var refused: Set<UInt32> = []
                    let count = Int.random(in: 0...20, using: &random)
                    for (position, number) in numbers.dropFirst(chunk * 20).prefix(count).enumerated() {
                        let key = number % 3 == 0 ? "a\(number)" : "common prefix \(number)"
                        // Now and then a row that no window holds.
                        let size = number == 7 ? 600_000 : number % 50
                        staged.append([.text(key), .text(String(repeating: "x", count: size))], columns: [0, 1])
                        if Int.random(in: 0..<5, using: &random) == 0 {
                            refused.insert(UInt32(position))
                        } else {
                            expected.append(Row(key: key, source: chunk % 3, size: size))
                        }
                    }
                    let object = ObjectKey("runs", "\(round)-\(chunk)")
                    try await store.put(object, staged.sealed())
                    runs.append(
                        StagedRun(object, of: store, refused: refused, source: chunk % 3, ordinal: chunk, among: 1000))
                }
                expected.sort { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
                #expect(try await Self.read(runs) == expected)
            }
        }
    }

    @Test func `rows that end in the middle are refused`() async throws {
        try await TestFolder.with { folder async throws in
            let store = try Self.store(folder)
            var staged = StagedRows()
            for key in ["a", "b"] { staged.append([.text(key), .text("name")], columns: [0, 1]) }
            let bytes = try SealedBytes.open(staged.sealed())
            for count in 1..<bytes.count where count != bytes.count / 2 {
                let object = ObjectKey("cut", "\(count)")
                try await store.put(object, SealedBytes.seal(Array(bytes[..<count])))
                await #expect(throws: StagedDataError.self) {
                    _ = try await Self.read([StagedRun(object, of: store, refused: [], source: 0, ordinal: 0, among: 1)]
                    )
                }
            }
        }
    }
}
