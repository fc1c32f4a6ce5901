import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

/// Trees that are written page by page, read by SQLite.
struct TreeFileTests {
    /// A scratch of one page, removed at the end.
    private static func withScratch(_ body: (MergeScratch) throws -> Void) throws {
        let scratch = MergeScratch(
            besideCatalog: FileManager.default.temporaryDirectory.appending(path: "srto-tree").path)
        let queue = try scratch.open(catalog: ":memory:")
        try queue.writeWithoutTransaction(scratch.begin)
        try queue.close()
        try body(scratch)
    }

    /// Writes one table, has SQLite check the file, and reads the table; an index's also page by page.
    private static func written(
        _ kind: TreeWriter.Kind, _ rows: [[FieldValue]], _ sql: String
    ) throws -> [[FieldValue]] {
        var read: [[FieldValue]] = []
        try withScratch { scratch in
            let file = try scratch.file()
            var tree = TreeWriter(kind, in: file.pages)
            var record = Record(width: rows.first?.count ?? 0)
            for (position, row) in rows.enumerated() {
                record.clear()
                for var cell in row { cell.withCell { record.append($0) } }
                // In one part or in two.
                let cut = position % 3
                try record.withBytes { row in
                    guard cut > 0 else { return try tree.append(row) }
                    let parts = (row[..<(row.count * cut / 3)], row[(row.count * cut / 3)...])
                    try tree.append(
                        UnsafeRawBufferPointer(rebasing: parts.0), UnsafeRawBufferPointer(rebasing: parts.1))
                }
            }
            let root = try tree.finish()
            file.add(table: "t", sql, root: root)
            let trees = try file.finish()
            let queue = try scratch.open(catalog: ":memory:")
            try queue.writeWithoutTransaction { try scratch.name(trees, $0) }
            try queue.close()
            read = try DatabaseQueue(path: scratch.path).read { db in
                #expect(try String.fetchAll(db, sql: "PRAGMA integrity_check") == ["ok"])
                let statement = try RowStatement(db, sql: "SELECT * FROM t")
                var read: [[FieldValue]] = []
                while try statement.step() { read.append(statement.row()) }
                return read
            }
            // Seen red with a row's share taken for a table's.
            if kind == .index {
                #expect(try TreeReader.all(scratch.path, root: root) == read)
                #expect(try TreeCount(PageSource(scratch.path), root: root, upTo: .max).rows == read.count)
            }
        }
        return read
    }

    private static let keyed = "CREATE TABLE t (key TEXT PRIMARY KEY NOT NULL, text TEXT) WITHOUT ROWID"
    private static let numbered = "CREATE TABLE t (key TEXT, text TEXT)"

    /// Rows of the given lengths, in the order of their keys.
    private static func rows(_ lengths: [Int]) -> [[FieldValue]] {
        lengths.enumerated().map { number, length in
            [
                .text("K" + String(String(1_000_000 + number).dropFirst())),
                .text(String(repeating: Character(Unicode.Scalar(UInt8(97 + number % 26))), count: length)),
            ]
        }
    }

    /// None, one, pages' and levels' worth; rows around the lengths from which on a part of them lies elsewhere, and far beyond.
    @Test(arguments: [
        [], [0], [Int](repeating: 10, count: 100_000), [Int](repeating: 200, count: 20_000),
        [Int](repeating: 4000, count: 500), Array(4060...4100), Array(8100...8200), Array(16_300...16_420),
        Array(32_700...32_800), [0, 1_000_000, 3, 70_000, 5],
    ])
    func `rows of any length are read as they were written`(lengths: [Int]) throws {
        let rows = Self.rows(lengths)
        #expect(try Self.written(.index, rows, Self.keyed) == rows)
        #expect(try Self.written(.table, rows, Self.numbered) == rows)
    }

    @Test func `rows of random lengths are read as they were written`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(state: seed)
        for _ in 0..<20 {
            let longest = [20, 300, 5000, 40_000].randomElement(using: &random) ?? 20
            let count = Int.random(in: 1...(longest > 1000 ? 400 : 6000), using: &random)
            let rows = Self.rows((0..<count).map { _ in Int.random(in: 0...longest, using: &random) })
            #expect(try Self.written(.index, rows, Self.keyed) == rows, "seed \(seed)")
            #expect(try Self.written(.table, rows, Self.numbered) == rows, "seed \(seed)")
        }
    }

    @Test func `cells of every kind are read as they were written`() throws {
        let edges = (0..<64).flatMap { bit -> [Int64] in
            let power = Int64(truncatingIfNeeded: UInt64(1) << UInt64(bit))
            return [power, ~power, power &- 1, 0 &- power]
        }
        let texts = ["", "a", String(repeating: "é", count: 57), String(repeating: "x", count: 9000)]
        let values: [FieldValue] =
            edges.map(FieldValue.integer) + [.null, .real(0.1), .real(-.infinity), .real(-0.0)]
            + texts.map(FieldValue.text)
        let rows = values.map { [$0, FieldValue.null, $0] }
        #expect(try Self.written(.table, rows, "CREATE TABLE t (a, b, c)") == rows)
        let none = try Self.written(.table, [[.real(.nan)]], "CREATE TABLE t (a)")
        #expect(none == [[.null]])
    }

    /// So many that the header's size takes two bytes.
    @Test(arguments: [126, 127, 128, 300])
    func `a row may have many cells`(width: Int) throws {
        let row = (0..<width).map { FieldValue.integer(Int64($0) * 1000) }
        let columns = (0..<width).map { "c\($0)" }.joined(separator: ", ")
        #expect(try Self.written(.table, [row, row], "CREATE TABLE t (\(columns))") == [row, row])
    }

    @Test func `the page of locks is left out`() throws {
        try Self.withScratch { scratch in
            let path = scratch.path
            let descriptor = open(path, O_WRONLY)
            lseek(descriptor, 0, SEEK_END)
            let file = PageFile(descriptor, lockPage: 4)
            let page = [UInt8](repeating: 7, count: PageFile.pageBytes)
            let numbers = try (0..<4).map { _ in
                let next = (file.next, file.nextButOne)
                let number = try page.withUnsafeBytes(file.append)
                #expect(next == (number, file.next))
                return number
            }
            #expect(numbers == [2, 3, 5, 6])
            try file.finish()
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(bytes.count == 6 * PageFile.pageBytes)
            #expect(bytes[3 * PageFile.pageBytes] == 0)
            #expect(bytes[4 * PageFile.pageBytes] == 7)
        }
    }

    /// What `fdatasync` says it says once: who asks later, through a descriptor of his own, is not told. Seen red with that left out.
    @Test func `what does not come to the disk while it is written is told at the end`() throws {
        for brings in [true, false] {
            // A device that takes everything and has no disk.
            let file = PageFile(open("/dev/null", O_WRONLY))
            if brings { file.bringToDisk() }
            let page = [UInt8](repeating: 7, count: PageFile.pageBytes)
            for _ in 0..<1200 { _ = try page.withUnsafeBytes(file.append) }
            if brings {
                #expect(throws: DatabaseError.self) { try file.finish() }
            } else {
                try file.finish()
            }
        }
    }

    /// Where a file can grow no further its head can be written all the same. Seen red with the failure not told.
    @Test(arguments: [1, 20, 400]) func `pages for which there was no room are told of at the end`(pages: Int) throws {
        try Self.withScratch { scratch in
            let descriptor = open(scratch.path, O_WRONLY)
            // The farthest place that the file system knows.
            var end: off_t = 0
            for bit in (0..<63).reversed() where lseek(descriptor, end | 1 << bit, SEEK_SET) >= 0 { end |= 1 << bit }
            lseek(descriptor, end, SEEK_SET)
            let file = PageFile(descriptor)
            let page = [UInt8](repeating: 7, count: PageFile.pageBytes)
            #expect(throws: DatabaseError.self) {
                for _ in 0..<pages { _ = try page.withUnsafeBytes(file.append) }
                try file.finish()
            }
        }
    }

    @Test func `a file that is no scratch is refused`() throws {
        try Self.withScratch { scratch in
            let path = scratch.path
            try Data("no database".utf8).write(to: URL(filePath: path))
            let error = #expect(throws: DatabaseError.self) { try PageFile(path) }
            #expect(error?.resultCode == .SQLITE_NOTADB)
        }
        let error = #expect(throws: DatabaseError.self) { try PageFile("/nowhere/scratch") }
        #expect(error?.resultCode == .SQLITE_IOERR)
    }
}

extension FieldValue {
    /// Calls `body` with the value as a cell of a row.
    mutating func withCell(_ body: (PackedRow.Cell) -> Void) {
        switch self {
        case .null: body(.null)
        case .real(let number): body(.real(number))
        case .integer(let number): body(.integer(number))
        case .text(var text): text.withUTF8 { body(.text(UnsafeRawBufferPointer($0))) }
        }
    }
}
