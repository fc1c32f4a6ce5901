import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

/// Trees that SQLite wrote, read page by page. What is written page by page is read so in `TreeFileTests`.
struct TreeReaderTests {
    /// A database of SQLite's own making with this table, removed at the end.
    private static func withDatabase(
        pageBytes: Int, _ rows: [[FieldValue]], _ body: (_ path: String, _ root: UInt32) throws -> Void
    ) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "srto-tree-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = \(pageBytes)") }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let root = try queue.write { db in
            try db.execute(sql: "CREATE TABLE t (key TEXT PRIMARY KEY NOT NULL, one, other) WITHOUT ROWID")
            let insert = try RowStatement(db, sql: "INSERT INTO t VALUES (?, ?, ?)")
            for row in rows {
                try insert.bind(row)
                try insert.execute()
            }
            return try UInt32.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = 't'") ?? 0
        }
        try queue.close()
        try body(path, root)
    }

    private static func rows(_ count: Int, longest: Int, _ random: inout SeededGenerator) -> [[FieldValue]] {
        let edges: [FieldValue] = [
            .null, .integer(0), .integer(1), .integer(-1), .integer(127), .integer(-129), .integer(1 << 22),
            .integer(-1 << 30),
            .integer(1 << 46), .integer(.min), .integer(.max), .real(0.5), .real(-.infinity), .text(""),
        ]
        return (0..<count).map { number in
            let text = String(repeating: "é", count: Int.random(in: 0...longest, using: &random))
            let edge = edges[Int.random(in: 0..<edges.count, using: &random)]
            return [.text("K\(number * 7919 % count)-\(number)"), edge, .text(text)]
        }
    }

    /// Written in no order, so that pages were split and lie in none.
    @Test(arguments: [(512, 40), (512, 3000), (1024, 10), (4096, 200), (16_384, 9000), (65_536, 100)])
    func `what SQLite wrote is read in the order of its keys`(pageBytes: Int, longest: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(state: seed)
        for count in [0, 1, 50, 3000] {
            let rows = Self.rows(count, longest: longest, &random)
            try Self.withDatabase(pageBytes: pageBytes, rows) { path, root in
                let inOrder = rows.sorted { ($0[0].text ?? "") < ($1[0].text ?? "") }
                let read = try TreeReader.all(path, root: root)
                #expect(read == inOrder, "seed \(seed)")
                let counted = try TreeCount(PageSource(path), root: root, upTo: .max).rows
                #expect(counted == count, "seed \(seed)")
                let some = try TreeCount(PageSource(path), root: root, upTo: count / 2).rows
                #expect(some >= count / 2 && some <= count, "seed \(seed)")
            }
        }
    }

    /// Seen red, by a crash, without the looks at where a child's number and a cell end.
    @Test func `a damaged file is refused or read, and never read past its end`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(state: seed)
        let rows = Self.rows(400, longest: 300, &random)
        try Self.withDatabase(pageBytes: 512, rows) { path, root in
            let whole = try Data(contentsOf: URL(filePath: path))
            var refused = 0
            for _ in 0..<400 {
                var damaged = whole
                // Most of what matters stands at the pages' beginnings.
                for _ in 0..<Int.random(in: 1...40, using: &random) {
                    let page = Int.random(in: 0..<whole.count / 512, using: &random) * 512
                    let place = page + Int.random(in: 0..<(Bool.random(using: &random) ? 24 : 512), using: &random)
                    // Small ones lead to places that are there.
                    damaged[place] = UInt8.random(in: 0...(Bool.random(using: &random) ? 1 : 255), using: &random)
                }
                if Bool.random(using: &random) {
                    damaged = damaged.prefix(Int.random(in: 0..<whole.count, using: &random))
                }
                try damaged.write(to: URL(filePath: path))
                do {
                    _ = try TreeCount(PageSource(path), root: root, upTo: .max)
                    _ = try TreeReader.all(path, root: root)
                } catch let error as DatabaseError {
                    #expect(error.resultCode == .SQLITE_CORRUPT, "seed \(seed)")
                    #expect(error.message?.contains("is damaged") == true)
                    refused += 1
                } catch is RecordCells.Damaged {
                    refused += 1
                }
            }
            #expect(refused > 100, "seed \(seed)")
        }
    }

    @Test func `a page that is its own child is told`() throws {
        var random = SeededGenerator(state: 1)
        try Self.withDatabase(pageBytes: 512, Self.rows(400, longest: 30, &random)) { path, root in
            var file = try Data(contentsOf: URL(filePath: path))
            let page = Int(root - 1) * 512
            #expect(file[page] == TreePage.Kind.indexInterior.rawValue)
            let first = Int(file[page + 12]) << 8 | Int(file[page + 13])
            file.replaceSubrange(page + first..<page + first + 4, with: withUnsafeBytes(of: root.bigEndian, Array.init))
            try file.write(to: URL(filePath: path))
            let error = #expect(throws: DatabaseError.self) { try TreeReader.all(path, root: root) }
            #expect(error?.message?.contains("a tree without end") == true)
            #expect(throws: DatabaseError.self) { try TreeCount(PageSource(path), root: root, upTo: .max) }
        }
    }

    @Test func `a file that is no database is refused`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "srto-tree-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let missing = #expect(throws: DatabaseError.self) { try PageSource(path) }
        #expect(missing?.resultCode == .SQLITE_IOERR)
        for content in ["", "no database", String(repeating: "x", count: 1000)] {
            try Data(content.utf8).write(to: URL(filePath: path))
            let error = #expect(throws: DatabaseError.self) { try PageSource(path) }
            #expect(error?.resultCode == .SQLITE_CORRUPT)
        }
    }
}

extension TreeReader {
    /// All rows of a tree in a file.
    static func all(_ path: String, root: UInt32) throws -> [[FieldValue]] {
        let tree = TreeReader(try PageSource(path), root: root)
        var rows: [[FieldValue]] = []
        var cells: [PackedRow.Cell] = []
        while try tree.next() {
            try RecordCells.read(tree.row, into: &cells)
            rows.append(cells.map(\.value))
            guard case .text(let key)? = cells.first else { throw RecordCells.Damaged() }
            #expect(try RecordCells.key(tree.row).elementsEqual(key))
            let last = try RecordCells.cell(tree.row, at: cells.count - 1)
            #expect(last.value == rows.last?.last)
        }
        return rows
    }
}
