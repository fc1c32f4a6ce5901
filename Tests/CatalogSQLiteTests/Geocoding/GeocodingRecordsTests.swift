import Catalog
import CatalogSQLite
import Domain
import Foundation
import GRDB
import TestSupport
import Testing

/// What the catalog keeps for geocoding.
@Suite(.timeLimit(.minutes(1)))
struct GeocodingRecordsTests {
    private static let address: [String: FieldValue] = ["address": .text("Main Street 1")]

    /// Seen red without the condition on longitude, and with the change's bounds left out.
    @Test func `outlets of one change with an address and no coordinates, in pages`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("Before", Self.address)])
            let merged = try await house.merge(
                .outlets,
                [
                    outlet("A", Self.address), outlet("B", Self.address.merging(["latitude": .real(1)]) { $1 }),
                    outlet("C", ["latitude": .null]), outlet("D", ["address": .text(" ")]), outlet("E", Self.address),
                    outlet("F", Self.address.merging(["longitude": .real(1)]) { $1 }),
                ])
            try await house.merge(.outlets, [outlet("After", Self.address)])
            let first = try await house.unlocated(merged.version, after: 0, limit: 1)
            #expect(first.map(\.outletID) == ["A"] && first.map(\.address) == ["Main Street 1"])
            let rest = try await house.unlocated(merged.version, after: first[0].position, limit: 10)
            #expect(rest.map(\.outletID) == ["E"])
            #expect(try await house.unlocated(merged.version, after: rest[0].position, limit: 10).isEmpty)
        }
    }

    /// Seen red with only the key compared.
    @Test func `coordinates are wanted only while the address is the same and there are none`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(
                .outlets,
                [
                    outlet("A", Self.address), outlet("B", ["address": .text("Main Street 2")]),
                    outlet("C", Self.address),
                ])
            try await house.merge(.outlets, [outlet("C", ["latitude": .real(5), "longitude": .real(6)])])
            let coordinates = try #require(Coordinates(latitude: 48.5, longitude: 9.25))
            let places = ["A", "B", "C", "D"].map {
                OutletPlace(outletID: $0, address: "Main Street 1", coordinates: coordinates)
            }
            let wanted = try await house.catalog.read { try $0.stillUnlocated(places) }
            #expect(wanted.map(\.outletID) == ["A"])
            let territories = try await house.catalog.write { writer in
                let version = try writer.beginChange()
                return try writer.locate(
                    wanted, source: "geocoded:google",
                    change: MasterDataChange(version: version, date: "2027-01-02", sessionID: "s", origin: .geocoding))
            }
            #expect(territories == ["T1"])
            let row = try #require(try await house.row("A", of: .outlets))
            #expect(row["latitude"] == .real(48.5) && row["longitude"] == .real(9.25))
            #expect(row["coordinate_source"] == .text("geocoded:google") && row["modified_date"] == .text("2027-01-02"))
            #expect(
                try await house.query(String.self, "SELECT origin FROM catalog_changes ORDER BY version DESC LIMIT 1")
                    == ["geocoding"])
        }
    }

    @Test func `answers are remembered for their time and then forgotten`() async throws {
        try await CatalogHouse.with { house in
            let coordinates = try #require(Coordinates(latitude: -1.5, longitude: 2))
            let here = GeocodeKey(provider: "nominatim", addressHash: "here")
            let nowhere = GeocodeKey(provider: "nominatim", addressHash: "nowhere")
            let (old, new) = (Date(timeIntervalSince1970: 1000), Date(timeIntervalSince1970: 2000))
            try await house.catalog.write { writer in
                try writer.remember(.found(coordinates), for: here, at: old)
                try writer.remember(.unknown, for: nowhere, at: new)
            }
            #expect(try await house.answer(here, since: old) == .found(coordinates))
            #expect(try await house.answer(here, since: new) == nil)
            #expect(try await house.answer(nowhere, since: old) == .unknown)
            #expect(try await house.answer(GeocodeKey(provider: "google", addressHash: "here"), since: old) == nil)
            #expect(try await house.catalog.write { try $0.forgetGeocodes(askedBefore: new, limit: 10) } == 1)
            #expect(try await house.answer(here, since: old) == nil)
            #expect(try await house.answer(nowhere, since: old) == .unknown)
        }
    }

    /// Seen red with the column added at the end, where a table that is taken over whole has another one.
    @Test func `a catalog from before there were marks gets the column where a new one has it`() async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            let fresh = try await CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path)).tableOfOutlets()
            let former = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
            try await former.merge(.outlets, [outlet("A", Self.address)])
            try await DatabaseQueue(path: path).write { db in
                try db.execute(
                    sql: """
                        ALTER TABLE outlets DROP COLUMN coordinate_source;
                        DROP TABLE geocodes;
                        DELETE FROM grdb_migrations WHERE identifier = 'geocoding';
                        """)
            }
            let house = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
            #expect(try await house.tableOfOutlets() == fresh)
            let row = try #require(try await house.row("A", of: .outlets))
            #expect(row["address"] == .text("Main Street 1") && row["modified_date"] == .text("2026-11-24"))
            #expect(row["coordinate_source"] == .null)
        }
    }
}

extension CatalogHouse {
    fileprivate func unlocated(_ version: Int64, after position: Int64, limit: Int) async throws -> [UnlocatedOutlet] {
        try await catalog.read { try $0.unlocatedOutlets(ofChange: version, after: position, limit: limit) }
    }

    fileprivate func answer(_ key: GeocodeKey, since instant: Date) async throws -> Geocode? {
        try await catalog.read { try $0.geocode(key, since: instant) }
    }

    fileprivate func tableOfOutlets() async throws -> [String] {
        try await query(String.self, "SELECT name FROM pragma_table_info('outlets') ORDER BY cid")
            + query(String.self, "SELECT name FROM pragma_index_list('outlets') ORDER BY name")
    }
}
