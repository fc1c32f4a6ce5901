import Catalog
import Domain
import Foundation
import GRDB
import Testing

@testable import CatalogSQLite

/// What a comparison finds is written on a thread of its own once it is more than a little.
struct ScratchFeedTests {
    /// Rows of which a few thousand are more than a little.
    private static func outlet(_ number: Int, tier: String) -> [String: FieldValue] {
        [
            "outlet_id": .text("O" + String(String(100_000 + number).dropFirst())),
            "outlet_name": .text("Shop \(number)"),
            "channel": .text("GT"), "address": .text(String(repeating: "long street ", count: 20)), "tier": .text(tier),
        ]
    }

    private static func tiers(_ house: CatalogHouse) async throws -> [String: String] {
        let rows = try await house.rows(.all(.outlets))
        return Dictionary(
            uniqueKeysWithValues: rows.map { ($0["outlet_id"]?.text ?? "", $0["tier"]?.text ?? "") })
    }

    @Test func `a large merge leaves what small ones leave`() async throws {
        let all = (0..<6000).map { Self.outlet($0, tier: "A") }
        // Most rows, so that the table becomes an image, yet neither the first nor the last; and some new ones.
        let changed = (50..<5800).map { Self.outlet($0, tier: $0 % 3 == 0 ? "A" : "B") }
        let new = (6000..<6100).map { Self.outlet($0, tier: "C") }
        try await CatalogHouse.with { large in
            try await CatalogHouse.with { small in
                for rows in [all, changed + new] {
                    let prepared = try await large.prepare(.outlets, rows)
                    try await large.apply(prepared)
                    for start in stride(from: 0, to: rows.count, by: 500) {
                        try await small.merge(.outlets, Array(rows[start..<min(rows.count, start + 500)]))
                    }
                }
                let tiers = try await Self.tiers(large)
                #expect(tiers.count == 6100)
                #expect(tiers == (try await Self.tiers(small)))
                let history = "SELECT hex(row_key) || ifnull(before, 'new') FROM history_rows ORDER BY 1"
                let notes = try await large.query(String.self, history)
                #expect(notes.count == 6100 + changed.count { $0["tier"] == .text("B") })
                #expect(notes == (try await small.query(String.self, history)))
            }
        }
    }

    /// Seen red with the feed not abandoned: its thread went on waiting, and the removed file stayed open.
    @Test func `rows that fail late leave nothing behind`() async throws {
        struct Broken: Error {}
        try await CatalogHouse.with { house async throws in
            let columns = ["outlet_id", "outlet_name", "channel", "address"]
            let merge = TableMerge(
                into: .outlets, strategy: .upsert,
                columns: [columns.compactMap(EntityTable.outlets.index(of:)).sorted()],
                expectedRows: 10_000, date: "2026-11-24")
            await #expect(throws: Broken.self) {
                _ = try await house.catalog.prepareMerge { preparation in
                    var given = 0
                    return try preparation.compare(merge) {
                        given += 1
                        guard given <= 10 else { throw Broken() }
                        return Self.batch(given, columns)
                    }
                }
            }
            let folder = URL(filePath: house.path).deletingLastPathComponent()
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!files.contains { $0.contains("-merge-") })
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                // Those that others close meanwhile are not ours.
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            }
            #expect(!open.contains { $0.hasPrefix(house.path + "-merge-") })
            try await house.apply(try await house.prepare(.outlets, [Self.outlet(1, tier: "A")]))
            #expect(try await Self.tiers(house).count == 1)
        }
    }

    /// A thousand rows in the order of their keys.
    private static func batch(_ number: Int, _ columns: [String]) -> PackedRows {
        var rows = PackedRows()
        let table = EntityTable.outlets
        let sorted = columns.sorted { (table.index(of: $0) ?? 0) < (table.index(of: $1) ?? 0) }
        for row in number * 1000..<(number + 1) * 1000 {
            let cells = outlet(row, tier: "")
            var bytes: [UInt8] = []
            for column in sorted { PackedRow.append(cells[column] ?? .null, to: &bytes) }
            bytes.withUnsafeBytes { rows.append($0, source: 0) }
        }
        return rows
    }

    /// While rows are still given, and when all were given before it was full.
    @Test(arguments: [20_000, 2_500])
    func `a disk without room is told to who compares`(rows: Int) throws {
        let error = #expect(throws: DatabaseError.self) {
            // A device that has no room for anything.
            let feed = ScratchFeed { ScratchFile(PageFile(open("/dev/full", O_WRONLY))) }
            defer { feed.abandon() }
            var table = try TableFeed(feed, .outlets, isImage: true)
            for number in 0..<rows {
                let key = Array("O\(100_000 + number)".utf8)
                let text = Array("some text".utf8)
                try key.withUnsafeBytes { key in
                    try text.withUnsafeBytes { text in
                        let rest = EntityTable.outlets.columns.dropFirst().map { column in
                            column.storage == "TEXT" ? PackedRow.Cell.text(text) : .real(1.5)
                        }
                        let clock = EntityTable.clockColumns.map { _ in PackedRow.Cell.text(text) }
                        try table.add(row: [.text(key)] + rest + clock)
                    }
                }
            }
            try table.finish()
            _ = try feed.complete()
        }
        #expect(error?.resultCode == .SQLITE_FULL)
    }
}
