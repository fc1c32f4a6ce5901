import Catalog
import Domain
import GRDB
import Testing

@testable import CatalogSQLite

/// The history reads alike whether its rows lie in blocks or one by one.
struct HistoryRowsTests {
    /// More than two blocks, and keys of every kind among them, in the order of their bytes.
    private static let keys =
        ["\u{1}begins", "A\0b", "A\0c", "A\"quoted\\", "A\u{7}bell", "Café", "\u{1F600}"]
        + (0..<600).map { "O\(1000 + $0)" }

    private static let sorted = keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }

    private static func rows(_ more: [String: FieldValue] = [:]) -> [[String: FieldValue]] {
        sorted.map { outlet($0, more) }
    }

    private static func keys(_ house: CatalogHouse, _ versions: ClosedRange<Int64>) async throws -> [String]? {
        try await house.catalog.read {
            try $0.keysChanged(
                by: versions, in: .outlets, columns: Array(EntityTable.outlets.columns.indices), limit: 9999)
        }
    }

    /// Seen red with keys that hold a NUL in blocks, and with a block's first number for its last.
    @Test func `rows are numbered one after the other, in the order of their changes`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("before")])
            let first = try await house.apply(try await house.prepare(.outlets, Self.rows()))
            try await house.merge(.outlets, [outlet("between")])
            let second = try await house.apply(
                try await house.prepare(.outlets, Self.rows(["tier": .text("B\"\0\u{1}é")])))
            try await house.merge(.outlets, [outlet("after")])
            let told = try await house.query(String.self, "SELECT hex(row_key) FROM history_rows ORDER BY number")
            let expected = ["before"] + Self.sorted + ["between"] + Self.sorted + ["after"]
            #expect(told == expected.map { Array($0.utf8).map { String(format: "%02X", $0) }.joined() })
            let numbers = try await house.query(Int.self, "SELECT number FROM history_rows ORDER BY place")
            #expect(numbers == Array(1...expected.count))
            #expect(try await house.query(Int.self, "SELECT count(*) FROM row_history")[0] < 30)
            #expect(try await Self.keys(house, first...first) == Self.sorted)
            #expect(try await Self.keys(house, second...second) == Self.sorted)
            #expect(try await Self.keys(house, first...second)?.count == Self.sorted.count * 2 + 1)
            let third = try await house.apply(try await house.prepare(.outlets, Self.rows(["tier": .text("C")])))
            for (version, json) in [(second, #"{"tier":null}"#), (third, #"{"tier":"B\"\u0000\u0001é"}"#)] {
                let former = try await house.query(
                    String.self, "SELECT ifnull(before, 'new') FROM history_rows WHERE version = \(version)")
                #expect(former == Self.sorted.map { _ in json })
            }
        }
    }

    /// Seen red with the next page beginning behind the block.
    @Test(arguments: [1, 100_000])
    func `outlets to be located come page by page, each once`(baseRows: Int) async throws {
        try await CatalogHouse.with(baseRows: baseRows) { house in
            let version = try await house.apply(
                try await house.prepare(.outlets, Self.rows(["address": .text("Main Street 1")])))
            // Some of them in the catalog itself.
            try await house.merge(.outlets, (0..<300).map { outlet("O\(1000 + $0 * 2)", ["tier": .text("A")]) })
            var (found, position): ([String], Int64) = ([], 0)
            while true {
                let page = try await house.catalog.read { [position] in
                    try $0.unlocatedOutlets(ofChange: version, after: position, limit: 100)
                }
                guard let last = page.last else { break }
                #expect(page.count <= 100)
                found += page.map(\.outletID)
                position = last.position
            }
            #expect(found == Self.sorted)
            let plan = try await house.catalog.read { reader in
                let transaction = try #require(reader as? SQLiteTransaction)
                return try Row.fetchAll(
                    transaction.db, sql: "EXPLAIN QUERY PLAN \(SQLiteTransaction.unlocatedOutlet)", arguments: ["A"]
                ).map { $0["detail"] as String }
            }
            // Each by its key, wherever it lies.
            #expect(plan.contains { $0.hasPrefix("SEARCH") } && !plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }

    /// Seen red with blocks counted as one row.
    @Test func `blocks are forgotten whole, about as many rows at a time as are asked for`() async throws {
        try await CatalogHouse.with { house in
            let version = try await house.apply(try await house.prepare(.outlets, Self.rows()))
            try await house.merge(.outlets, [outlet("after")])
            var session = ImportSession(
                sessionID: "s", userID: "u", schemaID: "o", schemaVersion: "1", createdAt: "2020-01-01T00:00:00.000Z")
            session.status = .completed
            session.appliedVersion = version
            session.completedAt = session.createdAt
            try await house.catalog.write { [session] in try $0.save(session) }
            var steps: [Int] = []
            repeat {
                steps.append(try await house.catalog.write { try $0.forgetHistory(before: .distantFuture, limit: 300) })
            } while (steps.last ?? 0) >= 300
            #expect(steps.reduce(0, +) == Self.sorted.count)
            #expect(steps.allSatisfy { $0 < 600 } && steps.count > 1)
            #expect(try await house.query(String.self, "SELECT row_key FROM history_rows") == ["after"])
        }
    }

    /// Seen red with the number of rows not compared.
    @Test(arguments: ["before = x'7F7F7F'", "row_key = '7'"])
    func `a damaged block is told as what it is`(damage: String) async throws {
        try await CatalogHouse.with { house in
            let version = try await house.apply(try await house.prepare(.outlets, Self.rows()))
            try await DatabaseQueue(path: house.path).write { db in
                try db.execute(sql: "UPDATE row_history SET \(damage) WHERE typeof(before) = 'blob'")
            }
            let error = await #expect(throws: CatalogError.self) { _ = try await Self.keys(house, version...version) }
            #expect(error?.code == .corrupt)
        }
    }
}
