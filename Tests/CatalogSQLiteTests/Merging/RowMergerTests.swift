import Catalog
import Domain
import Foundation
import Testing

struct RowMergerTests {
    @Test func `a new row is inserted, an equal one left alone, a different one updated`() async throws {
        try await CatalogHouse.with { house async throws in
            #expect(try await house.merge(.outlets, [outlet("O1")], date: "2026-01-01").outcomes == [.inserted])
            #expect(try await house.merge(.outlets, [outlet("O1")], date: "2026-02-02").outcomes == [.unchanged])
            let untouched = try await house.row("O1", of: .outlets)
            #expect(untouched?["modified_date"] == .text("2026-01-01"))
            let changed = outlet("O1", ["tier": .text("A"), "latitude": .real(12.5), "new_outlet_flag": .integer(1)])
            #expect(try await house.merge(.outlets, [changed], date: "2026-03-03").outcomes == [.updated])
            let row = try #require(try await house.row("O1", of: .outlets))
            for (name, value) in changed { #expect(row[name] == value) }
            #expect(row["created_date"] == .text("2026-01-01"))
            #expect(row["modified_date"] == .text("2026-03-03"))
        }
    }

    @Test func `the same key twice in one merge is an insert and an update`() async throws {
        try await CatalogHouse.with { house async throws in
            let rows = [outlet("O1", ["tier": .text("A")]), outlet("O1", ["tier": .text("B")])]
            #expect(try await house.merge(.outlets, rows).outcomes == [.inserted, .updated])
            #expect(try await house.row("O1", of: .outlets)?["tier"] == .text("B"))
        }
    }

    @Test func `a whole number equals the real one that is stored`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1", ["latitude": .real(12)])])
            let again = try await house.merge(.outlets, [outlet("O1", ["latitude": .integer(12)])])
            #expect(again.outcomes == [.unchanged])
        }
    }

    @Test(arguments: ["", "naïve Ünïcode 印度", "quote ' \" ; --", "line\nbreak", "nul\u{0}byte"])
    func `any text is stored as it is, and recognised`(_ text: String) async throws {
        try await CatalogHouse.with { house in
            let row = outlet("O1", ["address": .text(text)])
            try await house.merge(.outlets, [row])
            #expect(try await house.row("O1", of: .outlets)?["address"] == .text(text))
            #expect(try await house.merge(.outlets, [row]).outcomes == [.unchanged])
        }
    }

    @Test func `UPSERT overwrites mapped columns, also with nothing, and keeps the others`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1", ["tier": .text("A"), "route_id": .text("R1")])])
            var row = outlet("O1")
            row["tier"] = .null
            #expect(try await house.merge(.outlets, [row]).outcomes == [.updated])
            let stored = try await house.row("O1", of: .outlets)
            #expect(stored?["tier"] == .null)
            #expect(stored?["route_id"] == .text("R1"))
        }
    }

    @Test func `MERGE ignores what is empty`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1", ["tier": .text("A"), "address": .text("old")])])
            var row = outlet("O1", ["address": .text("new")])
            row["tier"] = .null
            #expect(try await house.merge(.outlets, [row], strategy: .merge).outcomes == [.updated])
            let stored = try await house.row("O1", of: .outlets)
            #expect(stored?["tier"] == .text("A"))
            #expect(stored?["address"] == .text("new"))
            #expect(try await house.merge(.outlets, [row], strategy: .merge).outcomes == [.unchanged])
        }
    }

    @Test func `APPEND refuses a key that is taken and changes nothing`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1", ["tier": .text("A")])])
            let rows = [outlet("O1", ["tier": .text("B")]), outlet("O2", ["tier": .text("B")])]
            let merged = try await house.merge(.outlets, rows, strategy: .append)
            #expect(merged.outcomes == [.keyExists, .inserted])
            #expect(try await house.row("O1", of: .outlets)?["tier"] == .text("A"))
        }
    }

    @Test func `territories that rows left and joined are told, unchanged ones are not`() async throws {
        try await CatalogHouse.with { house in
            let first = try await house.merge(
                .outlets, [outlet("O1", territory: "T1"), outlet("O2", territory: "T9"), outlet("O3", territory: nil)])
            #expect(first.territories == ["T1", "T9"])
            let moved = try await house.merge(
                .outlets, [outlet("O1", territory: "T2"), outlet("O2", territory: "T9"), outlet("O3", territory: "T3")])
            #expect(moved.outcomes == [.updated, .unchanged, .updated])
            #expect(moved.territories == ["T1", "T2", "T3"])
            #expect(moved.keys.isEmpty, "keys of outlets are not kept: nothing refers to them")
        }
    }

    @Test func `keys of changed rows are kept for tables that others refer to`() async throws {
        try await CatalogHouse.with { house in
            func distributor(_ id: String, _ name: String) -> [String: FieldValue] {
                ["dt_code": .text(id), "dt_name": .text(name), "territory_id": .text("T1")]
            }
            try await house.merge(.distributors, [distributor("D1", "one"), distributor("D2", "two")])
            let merged = try await house.merge(.distributors, [distributor("D1", "one"), distributor("D2", "other")])
            #expect(merged.keys == ["D2"])
            #expect(merged.territories == ["T1"])
            let territories = try await house.merge(.territories, [territory("T1"), territory("T2")])
            #expect(territories.territories == ["T1", "T2"], "a territory belongs to itself")
        }
    }

    @Test func `each change leaves the former cells in the history`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1", ["latitude": .real(1.5)])], session: "first")
            try await house.merge(.outlets, [outlet("O1", ["latitude": .real(2.5)])], session: "second")
            try await house.merge(.outlets, [outlet("O1", ["latitude": .real(2.5)])], session: "third")
            let sessions = try await house.query(
                String.self,
                "SELECT session_id FROM history_rows JOIN catalog_changes USING (version) ORDER BY number")
            #expect(sessions == ["first", "second"])
            let versions = try await house.query(Int64.self, "SELECT version FROM history_rows ORDER BY number")
            #expect(versions == [1, 2])
            let inserted = try await house.query(
                Int.self,
                "SELECT before IS NULL FROM history_rows JOIN catalog_changes USING (version) WHERE session_id = 'first'"
            )
            #expect(inserted == [1])
            let before = try await house.query(
                String.self,
                "SELECT before FROM history_rows JOIN catalog_changes USING (version) WHERE session_id = 'second'")
            #expect(before == [#"{"latitude":1.5}"#], "only what changed")
        }
    }

    @Test(arguments: EntityTable.allCases)
    func `every column of every table that is imported can be written and read`(_ table: EntityTable) async throws {
        try await CatalogHouse.with { house in
            var row: [String: FieldValue] = [:]
            for column in table.columns where column.isImported {
                row[column.name] =
                    switch column.kind {
                    case .text, .date: .text(column.name)
                    case .json: .text("{\"a\":1}")
                    case .real: .real(0.25)
                    case .boolean: .integer(1)
                    }
            }
            #expect(try await house.merge(table, [row]).outcomes == [.inserted])
            #expect(try await house.merge(table, [row]).outcomes == [.unchanged])
            let stored = try #require(try await house.rows(.all(table)).first)
            for (name, value) in row { #expect(stored[name] == value) }
        }
    }

    @Test func `a row without a required column is refused`() async throws {
        try await CatalogHouse.with { house async throws in
            var row = outlet("O1")
            row["outlet_name"] = .null
            await #expect(throws: CatalogError.self) { try await house.merge(.outlets, [row]) }
            #expect(try await house.rows(.all(.outlets)).isEmpty)
        }
    }
}
