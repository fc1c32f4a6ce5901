import Catalog
import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

/// A merge that was compared beside the writers does what one row after the other does.
struct PreparedMergeTests {
    /// How a comparison goes through the catalog and what it keeps.
    enum Way: CaseIterable {
        /// Looks up each row.
        case seek
        /// Goes through the whole table, and keeps what differs.
        case scan
        /// Begins with an empty table: keeps all of it.
        case first
    }

    private static func rows(_ count: Int, _ random: inout SeededGenerator) -> [[String: FieldValue]] {
        let names = ["", "Café", "Cafe\u{301}", "a\nb", "nul\u{0}", "\"quoted\" \\ 印度"]
        return (0..<count).shuffled(using: &random).map { number in
            outlet(
                "O\(number % 7)-\(number)", territory: ["T1", "T2", nil].randomElement(using: &random) ?? nil,
                [
                    "address": .text(names.randomElement(using: &random) ?? ""),
                    "latitude": [.null, .real(12.5), .real(0.1 + 0.2), .integer(7)].randomElement(using: &random)
                        ?? .null,
                    "new_outlet_flag": Bool.random(using: &random) ? .integer(1) : .null,
                ])
        }
    }

    /// Seen red with MERGE taking empty cells for differences, and with rows taken for ones that stay in their territory.
    @Test(arguments: Way.allCases, [DeltaStrategy.upsert, .merge])
    func `does what the rows one by one do`(_ way: Way, _ strategy: DeltaStrategy) async throws {
        var random = SeededGenerator.printed("prepared merge \(way) \(strategy)")
        for _ in 0..<12 {
            let before = way == .first ? [] : Self.rows(Int.random(in: 1...40, using: &random), &random)
            var after = Self.rows(Int.random(in: 0...40, using: &random), &random)
            if Bool.random(using: &random) { for index in after.indices { after[index]["tier"] = .text("A") } }
            try await CatalogHouse.with { one in
                try await CatalogHouse.with { other in
                    for house in [one, other] { try await house.merge(.outlets, before, date: "2025-05-05") }
                    let ordered = after.sorted { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
                    let expected = try await one.merge(.outlets, ordered, strategy: strategy)
                    let prepared = try await other.prepare(
                        .outlets, after, strategy: strategy, expecting: way == .seek ? 0 : after.count * 100)
                    try await other.apply(prepared)
                    #expect(try await other.state(of: .outlets) == (try await one.state(of: .outlets)))
                    #expect(try await other.query(String.self, "PRAGMA integrity_check") == ["ok"])
                    let outcome = prepared.delta.outcomes[0]
                    #expect(outcome.inserted == expected.outcomes.count { $0 == .inserted })
                    #expect(outcome.updated == expected.outcomes.count { $0 == .updated })
                    #expect(outcome.unchanged == expected.outcomes.count { $0 == .unchanged })
                    #expect(prepared.delta.changedTerritories == expected.territories)
                }
            }
        }
    }

    private static func key(_ row: [String: FieldValue]) -> [UInt8] { Array((row["outlet_id"]?.text ?? "").utf8) }

    /// Of some thousands of rows most differ: the whole table is made anew. Seen red with a found row kept once more on the way to
    /// the next one.
    @Test func `a table of which most changes is taken over whole`() async throws {
        try await CatalogHouse.with { one in
            try await CatalogHouse.with { other in
                func rows(_ name: String, every step: Int) -> [[String: FieldValue]] {
                    stride(from: 0, to: 9_000, by: step).map { outlet("O\($0 + 10_000)", ["address": .text(name)]) }
                }
                for house in [one, other] { try await house.merge(.outlets, rows("old", every: 3)) }
                try await one.merge(.outlets, rows("new", every: 2))
                let prepared = try await other.prepare(.outlets, rows("new", every: 2))
                try await other.apply(prepared)
                #expect(prepared.delta.outcomes[0].updated == 1_500)
                #expect(prepared.delta.outcomes[0].inserted == 3_000)
                #expect(try await other.state(of: .outlets) == (try await one.state(of: .outlets)))
                let problems = try await other.query(String.self, "PRAGMA integrity_check")
                #expect(problems == ["ok"])
            }
        }
    }

    /// Else it takes twice as long: SQLite goes this way only between tables that are alike.
    @Test func `tables are taken over without looking into rows`() async throws {
        try await CatalogHouse.with { house in
            let prepared = try await house.prepare(.outlets, [outlet("O1", ["address": .text("here")])])
            let scratch = try SQLitePreparedMerge.own(prepared.merge).scratch.path
            try DatabaseQueue(path: house.path).inDatabase { db in
                try db.execute(sql: "ATTACH ? AS scratch", arguments: [scratch])
                let program = try Row.fetchAll(
                    db, sql: "EXPLAIN INSERT OR ROLLBACK INTO main.outlets SELECT * FROM scratch.image_outlets")
                #expect(program.contains { $0["opcode"] == "RowData" })
            }
        }
    }

    @Test func `keys of changed rows are told for tables that others refer to`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.territories, [territory("T1"), territory("T2")])
            let prepared = try await house.prepare(.territories, [territory("T1"), territory("T2", parent: "T1")])
            #expect(prepared.delta.changedKeys == ["T2"])
            #expect(prepared.delta.changedTerritories == ["T2"])
        }
    }

    @Test func `APPEND tells of a key that is taken`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("O1")])
            let free = try await house.prepare(.outlets, [outlet("O2")], strategy: .append)
            #expect(free.delta.takenKey == nil)
            let taken = try await house.prepare(.outlets, [outlet("O1"), outlet("O2")], strategy: .append)
            #expect(taken.delta.takenKey == "O1")
        }
    }

    // MARK: Others write meanwhile

    /// Writers go on between comparison and transaction: what they changed elsewhere stays, whether the merge brings the
    /// whole table or single rows. Seen red with the image not brought up to date.
    @Test(arguments: [true, false])
    func `what others change meanwhile stays`(_ asImage: Bool) async throws {
        try await CatalogHouse.with { house in
            if !asImage { try await house.merge(.outlets, [outlet("O0")]) }
            let prepared = try await house.prepare(.outlets, [outlet("O1"), outlet("O3")])
            try await house.merge(.outlets, [outlet("O2")], session: "other")
            try await house.apply(prepared)
            let keys = try await house.rows(.all(.outlets)).compactMap { $0["outlet_id"]?.text }
            #expect(keys == (asImage ? [] : ["O0"]) + ["O1", "O2", "O3"])
        }
    }

    /// Seen red with the question left out.
    @Test(arguments: ["new": .null, "old": FieldValue.text("x")])
    func `a row that others changed meanwhile is compared again`(_ name: String, _ tier: FieldValue) async throws {
        try await CatalogHouse.with { house async throws in
            if name == "old" { try await house.merge(.outlets, [outlet("O1")]) }
            // The same as what is there: also an unchanged row may no longer be one.
            let prepared = try await house.prepare(.outlets, [outlet("O1")])
            try await house.merge(.outlets, [outlet("O1", ["outlet_name": .text("theirs")])], session: "other")
            await #expect(throws: MergeOvertaken.self) { try await house.apply(prepared) }
            #expect(try await house.rows(.all(.outlets)).count == 1)
            try await house.apply(try await house.prepare(.outlets, [outlet("O1")]))
        }
    }

    /// An import of another user must not wait for a comparison. Seen red with an immediate transaction on the scratch
    /// file, which SQLite extends to the catalog.
    @Test func `others write while rows are compared`() async throws {
        try await CatalogHouse.with { house in
            let merge = TableMerge(
                into: .outlets, strategy: .upsert, columns: [[0, 1, 5]], expectedRows: 1, date: "2026-11-24")
            let (isComparing, compares) = AsyncStream.makeStream(of: Void.self)
            let hasWritten = DispatchSemaphore(value: 0)
            async let prepared = house.catalog.prepareMerge { preparation in
                try preparation.compare(merge) {
                    compares.yield()
                    hasWritten.wait()
                    return nil
                }
            }
            for await _ in isComparing { break }
            defer { hasWritten.signal() }
            _ = try await within(.seconds(10), "a write beside a comparison") {
                try await house.merge(.outlets, [outlet("O1")])
            }
            hasWritten.signal()
            #expect(try await prepared.1.outcomes[0].inserted == 0)
        }
    }

    /// A cancelled import must not leave its scratch attached, or no later one could be written. Seen red with the file
    /// detached by way of GRDB, which refuses a cancelled task every statement.
    @Test func `a merge that is cancelled while it writes leaves room for the next one`() async throws {
        try await CatalogHouse.with { house async throws in
            let first = try await house.prepare(.outlets, [outlet("O1")])
            let (isWriting, writes) = AsyncStream.makeStream(of: Void.self)
            let isCancelled = DispatchSemaphore(value: 0)
            let writing = Task {
                try await house.catalog.write(with: first.merge) { writer in
                    writes.yield()
                    isCancelled.wait()
                    return try writer.version()
                }
            }
            for await _ in isWriting { break }
            writing.cancel()
            isCancelled.signal()
            await #expect(throws: CancellationError.self) { try await writing.value }
            try await house.apply(try await house.prepare(.outlets, [outlet("O2")]))
            #expect(try await house.rows(.all(.outlets)).count == 1)
        }
    }

    // MARK: The scratch file

    @Test func `nothing is left beside the catalog, whatever becomes of the merge`() async throws {
        try await CatalogHouse.with { house async throws in
            let folder = URL(filePath: house.path).deletingLastPathComponent()
            func scratch() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("-merge-") }
            }
            let prepared = try await house.prepare(.outlets, [outlet("O1")])
            #expect(try scratch().count == 1)
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await house.catalog.write(with: prepared.merge) { _ in throw Stop() }
            }
            try await house.apply(prepared)
            prepared.merge.discard()
            #expect(try scratch().isEmpty)

            let left = folder.appending(path: "catalog.sqlite-merge-left")
            try Data("left".utf8).write(to: left)
            try FileManager.default.setAttributes(
                [.modificationDate: Date.now.addingTimeInterval(-7_200)], ofItemAtPath: left.path)
            try await house.prepare(.outlets, [outlet("O2")]).merge.discard()
            #expect(try scratch().isEmpty)
        }
    }
}
