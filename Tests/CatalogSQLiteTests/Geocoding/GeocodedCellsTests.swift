import Catalog
import Domain
import Foundation
import TestSupport
import Testing

/// What imports and rollbacks do with coordinates that a geocoder found.
@Suite(.timeLimit(.minutes(1)))
struct GeocodedCellsTests {
    /// A merge into a catalog with one geocoded outlet, of name "Outlet A" and address "Main Street 1".
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cells: [String: FieldValue]
        var strategy = DeltaStrategy.upsert
        /// Latitude, longitude and mark afterwards.
        let after: [FieldValue]
        let isUnchanged: Bool
    }

    private static let found: [FieldValue] = [.real(48.5), .real(9.25), .text("geocoded:nominatim")]
    private static let none: [FieldValue] = [.null, .null, .null]
    private static let columns = ["latitude", "longitude", "coordinate_source"]

    /// Seen red with null cells of a file written over what was found, and with the mark left where it was.
    static let cases = [
        Case(
            testDescription: "a file without coordinates leaves them",
            cells: ["address": .text("Main Street 1")], after: found, isUnchanged: true),
        Case(
            testDescription: "a file whose coordinates are empty leaves them",
            cells: ["address": .text("Main Street 1"), "latitude": .null, "longitude": .null], after: found,
            isUnchanged: true),
        Case(
            testDescription: "another name leaves them",
            cells: ["outlet_name": .text("New"), "latitude": .null, "longitude": .null], after: found,
            isUnchanged: false),
        Case(
            testDescription: "a new address takes them",
            cells: ["address": .text("Main Street 2")], after: none, isUnchanged: false),
        Case(
            testDescription: "a new address takes them though nothing else counts as given",
            cells: ["address": .text("Main Street 2"), "latitude": .null, "longitude": .null], strategy: .merge,
            after: none, isUnchanged: false),
        Case(
            testDescription: "coordinates of a file take their place, and the mark goes",
            cells: ["latitude": .real(1), "longitude": .real(2)], after: [.real(1), .real(2), .null],
            isUnchanged: false),
        Case(
            testDescription: "the same coordinates from a file take the mark",
            cells: ["latitude": .real(48.5), "longitude": .real(9.25)],
            after: [.real(48.5), .real(9.25), .null], isUnchanged: false),
        Case(
            testDescription: "a new address with coordinates of its own has these",
            cells: ["address": .text("Main Street 2"), "latitude": .real(1), "longitude": .real(2)],
            after: [.real(1), .real(2), .null], isUnchanged: false),
    ]

    @Test(arguments: cases) func `a prepared merge`(_ test: Case) async throws {
        try await CatalogHouse.with { house in
            try await house.geocodedOutlet()
            let prepared = try await house.prepare(.outlets, [outlet("A", test.cells)], strategy: test.strategy)
            #expect((prepared.delta.outcomes[0].unchanged == 1) == test.isUnchanged)
            let before = try await house.cells()
            let version = try await house.apply(prepared)
            #expect(try await house.coordinates(Self.columns) == test.after)
            // What the history says takes it back, to the last cell.
            try await house.takeBack(version)
            #expect(try await house.cells() == before)
        }
    }

    /// The outlet's row lies in a base, and is written into another one. Seen red with the columns that change in the order in which they
    /// were found.
    @Test func `a new address takes found coordinates also where all of a large table changes`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            func outlets(_ tier: String, address: String, of own: String) -> [[String: FieldValue]] {
                let others = (0..<5000).map { outlet("B\($0 + 10_000)", ["tier": .text(tier)]) }
                return [outlet("A", ["address": .text(address), "tier": .text(own)])] + others
            }
            for (tier, own) in [("A", "A"), ("B", "A")] {
                try await house.apply(
                    try await house.prepare(.outlets, outlets(tier, address: "Main Street 1", of: own)))
                try await house.locate("A", at: "Main Street 1")
            }
            let before = try await house.cells()
            try await house.apply(try await house.prepare(.outlets, outlets("A", address: "Main Street 1", of: "A")))
            #expect(try await house.coordinates(Self.columns) == Self.found)
            #expect(try await house.cells() == before)
            let version = try await house.apply(
                try await house.prepare(.outlets, outlets("B", address: "Main Street 2", of: "B")))
            #expect(try await house.coordinates(Self.columns) == Self.none)
            let row = try await house.row("A", of: .outlets)
            #expect(row?["tier"] == .text("B"))
            #expect(row?["address"] == .text("Main Street 2"))
            #expect(row?["outlet_name"] == before?["outlet_name"])
            let told = try await house.query(
                String.self,
                "SELECT key FROM history_rows, json_each(before) WHERE row_key = 'A' AND version = \(version)")
            #expect(told == EntityTable.outlets.columns.map(\.name).filter(Set(told).contains), "in the columns' order")
            #expect(told.count == 5)
            try await house.takeBack(version)
            #expect(try await house.cells() == before)
        }
    }

    @Test(arguments: cases) func `a row merged by itself`(_ test: Case) async throws {
        try await CatalogHouse.with { house in
            try await house.geocodedOutlet()
            let merged = try await house.merge(.outlets, [outlet("A", test.cells)], strategy: test.strategy)
            #expect((merged.outcomes == [.unchanged]) == test.isUnchanged)
            #expect(try await house.coordinates(Self.columns) == test.after)
        }
    }

    /// Seen red with geocoding counted as a later change.
    @Test func `a rollback is not refused for them, and removes what its import brought`() async throws {
        try await CatalogHouse.with { house in
            let version = try await house.geocodedOutlet()
            let back = try await house.takeBack(version)
            #expect(back.changedLater == 0 && back.firstChangedLater == nil && back.deleted == 1)
            #expect(try await house.rows(.all(.outlets)).isEmpty)
        }
    }

    /// Seen red with the coordinates undone like any other later change.
    @Test func `a rollback that leaves the address leaves them`() async throws {
        try await CatalogHouse.with { house in
            let address: [String: FieldValue] = ["address": .text("Main Street 1")]
            try await house.merge(.outlets, [outlet("A", address)])
            let renamed = try await house.merge(
                .outlets, [outlet("A", address.merging(["outlet_name": .text("New")]) { $1 })])
            try await house.locate("A", at: "Main Street 1")
            try await house.takeBack(renamed.version)
            #expect(try await house.coordinates(Self.columns) == Self.found)
            #expect(try await house.row("A", of: .outlets)?["outlet_name"] == .text("Outlet A"))
        }
    }

    @Test func `a rollback to another address takes them`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("A", ["address": .text("Elsewhere 9")])])
            let moved = try await house.merge(.outlets, [outlet("A", ["address": .text("Main Street 1")])])
            try await house.locate("A", at: "Main Street 1")
            try await house.takeBack(moved.version)
            #expect(try await house.coordinates(Self.columns) == Self.none)
            #expect(try await house.row("A", of: .outlets)?["address"] == .text("Elsewhere 9"))
        }
    }
}

extension CatalogHouse {
    /// Brings the outlet A and finds its coordinates.
    /// - Returns: the version that brought it.
    @discardableResult
    fileprivate func geocodedOutlet() async throws -> Int64 {
        let merged = try await merge(.outlets, [outlet("A", ["address": .text("Main Street 1")])])
        try await locate("A", at: "Main Street 1")
        return merged.version
    }

    fileprivate func locate(_ id: String, at address: String) async throws {
        let coordinates = try #require(Coordinates(latitude: 48.5, longitude: 9.25))
        _ = try await catalog.write { writer in
            let change = MasterDataChange(
                version: try writer.beginChange(), date: "2026-11-25", sessionID: "s1", origin: .geocoding)
            return try writer.locate(
                [OutletPlace(outletID: id, address: address, coordinates: coordinates)], source: "geocoded:nominatim",
                change: change)
        }
    }

    fileprivate func cells() async throws -> [String: FieldValue]? {
        try await row("A", of: .outlets)?.filter { $0.key != "modified_date" }
    }

    fileprivate func coordinates(_ columns: [String]) async throws -> [FieldValue] {
        let row = try await row("A", of: .outlets)
        return columns.map { row?[$0] ?? .text("no outlet") }
    }

    @discardableResult
    fileprivate func takeBack(_ version: Int64) async throws -> TakeBack {
        let (merge, result) = try await catalog.prepareMerge { try $0.takeBack(version: version, date: "2026-11-26") }
        try await apply(Prepared(merge: merge, delta: TableDelta(sources: 1)), session: "rollback")
        return result
    }
}

/// An outlet in a territory that is nobody's.
private func outlet(_ id: String, _ more: [String: FieldValue]) -> [String: FieldValue] {
    outlet(id, territory: "T1", channel: "GT", more)
}
