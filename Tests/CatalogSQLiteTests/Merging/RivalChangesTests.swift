import Catalog
import Domain
import Foundation
import TestSupport
import Testing

@testable import CatalogSQLite

/// Planners commit while a merge is compared: what the merge does not map is theirs, and the merge need not look again.
struct RivalChangesTests {
    /// Of how many rows a merge is, and whether most of them differ, so that the whole table is made anew.
    enum Way: CaseIterable {
        case delta
        case image
        /// The table has a base, which gets another one.
        case imageOverBase
        /// The table has a base, over which the rows are laid that differ.
        case deltaOverBase
        var isImage: Bool { self == .image || self == .imageOverBase }
        var rows: Int { isImage ? 5_000 : 60 }
        var baseRows: Int { self == .imageOverBase || self == .deltaOverBase ? 1 : 100_000 }
    }

    private static func rows(
        _ numbers: some Sequence<Int>, _ way: Way, changed: Bool, _ random: inout SeededGenerator
    ) -> [[String: FieldValue]] {
        numbers.map { number in
            let isOther = changed && (way.isImage || Int.random(in: 0..<3, using: &random) == 0)
            return outlet(
                "O\(number + 10_000)", territory: "T\(isOther ? Int.random(in: 0..<3, using: &random) : number % 3)",
                ["address": .text(isOther ? "new" : "old")])
        }
    }

    /// As if they had committed first. Seen red with their columns not copied, in either way, with rows looked for among the
    /// merge's that are not, and with the modified date not asked for.
    @Test(arguments: Way.allCases, [DeltaStrategy.upsert, .merge])
    func `a merge does what it does after the planners' commits`(_ way: Way, _ strategy: DeltaStrategy) async throws {
        var random = SeededGenerator.printed("rivals \(way) \(strategy)")
        for _ in 0..<(way.isImage ? 1 : 8) {
            let before = Self.rows(0..<way.rows, way, changed: false, &random)
            let after = Self.rows((0..<way.rows + 9).filter { $0 % 10 != 9 }, way, changed: true, &random)
            let routed = (0..<way.rows).shuffled(using: &random).prefix(40).map { number in
                ["outlet_id": FieldValue.text("O\(number + 10_000)"), "route_id": .text("R\(number % 4)")]
            }
            let elsewhere = [outlet("O10009", ["address": .text("theirs")]), outlet("O99999")]
            try await CatalogHouse.with { one in
                try await CatalogHouse.with(baseRows: way.baseRows) { other in
                    func commit(to house: CatalogHouse) async throws {
                        try await house.merge(.outlets, routed, date: "2026-11-25", session: "planner")
                        try await house.merge(.outlets, Array(elsewhere), date: "2026-11-25", session: "planner")
                    }
                    for house in [one, other] {
                        try await house.apply(
                            try await house.prepare(.outlets, before, date: "2025-05-05"), date: "2025-05-05")
                    }
                    #expect(try other.baseFiles().count == (way.baseRows == 1 ? 1 : 0))
                    try await commit(to: one)
                    try await one.merge(.outlets, after, strategy: strategy, date: "2026-11-26")
                    let prepared = try await other.prepare(.outlets, after, strategy: strategy, date: "2026-11-26")
                    let isImage = try SQLitePreparedMerge.own(prepared.merge).tables[.outlets]?.isImage
                    #expect(isImage == (way.isImage))
                    try await commit(to: other)
                    try await other.apply(prepared)
                    #expect(try await other.state(of: .outlets) == (try await one.state(of: .outlets)))
                    #expect(try await other.query(String.self, "PRAGMA integrity_check") == ["ok"])
                }
            }
        }
    }

    /// What decides about a row is not only what is mapped. Seen red with each left out.
    @Test(arguments: [
        ["territory_id": FieldValue.text("T2")], ["latitude": .real(1)], ["coordinate_source": .text("geocoder")],
        ["address": .text("theirs")],
    ])
    func `what decides about a row has the merge compared again`(_ theirs: [String: FieldValue]) async throws {
        try await CatalogHouse.with { house async throws in
            try await house.merge(.outlets, [outlet("O1"), outlet("O2")])
            let mine: [String: FieldValue] = ["outlet_id": .text("O1"), "address": .text("mine")]
            let prepared = try await house.prepare(.outlets, [mine])
            try await house.merge(.outlets, [theirs.merging(["outlet_id": .text("O2")]) { $1 }])
            try await house.merge(.outlets, [theirs.merging(["outlet_id": .text("O1")]) { $1 }])
            await #expect(throws: MergeOvertaken.self) { try await house.apply(prepared) }
        }
    }

    /// Seen red with the column taken for one that decides, and with the merge's value written.
    @Test(arguments: Way.allCases) func `a column that planning owns is the planners', mapped or not`(_ way: Way)
        async throws
    {
        try await CatalogHouse.with(baseRows: way.baseRows) { house async throws in
            func row(_ number: Int, _ address: String, _ route: String) -> [String: FieldValue] {
                outlet("O\(number + 10_000)", ["address": .text(address), "route_id": .text(route)])
            }
            try await house.apply(
                try await house.prepare(.outlets, (0..<way.rows).map { row($0, "old", "R1") }))
            let prepared = try await house.prepare(
                .outlets, (0..<way.rows + 1).filter { way.isImage || $0 % 10 == 0 }.map { row($0, "new", "R2") },
                kept: ["route_id"])
            #expect(try SQLitePreparedMerge.own(prepared.merge).tables[.outlets]?.isImage == (way.isImage))
            try await house.merge(.outlets, [["outlet_id": .text("O10010"), "route_id": .text("R3")]])
            try await house.apply(prepared)
            let routes = try await house.query(
                String.self, "SELECT DISTINCT route_id || outlet_id FROM outlets WHERE route_id <> 'R1' ORDER BY 1")
            #expect(routes == ["R2O\(way.rows + 10_000)", "R3O10010"])
            let changed = try await house.query(Int.self, "SELECT count(*) FROM outlets WHERE address = 'new'")
            #expect(changed == [way.isImage ? way.rows + 1 : way.rows / 10 + 1])
        }
    }

    /// A row that goes because the files miss it may have been put on a route meanwhile. Seen red with it not asked for.
    @Test func `a row that is to go and that others touch has the merge compared again`() async throws {
        try await CatalogHouse.with { house async throws in
            try await house.merge(.outlets, [outlet("O1"), outlet("O2")])
            let replacement = TableReplacement(scope: nil, present: []) { _ in true }
            let prepared = try await house.prepare(.outlets, [outlet("O1")], replacement: replacement)
            try await house.merge(.outlets, [["outlet_id": .text("O2"), "route_id": .text("R1")]])
            await #expect(throws: MergeOvertaken.self) { try await house.apply(prepared) }
        }
    }
}
