import Domain
import Foundation
import Testing

@testable import Snapshots

/// The specification's snapshot, section 3.4.
struct SnapshotEncoderTests {
    @Test func `a snapshot has the specification's members`() async throws {
        let snapshot = try await snapshot()
        #expect(
            Set(snapshot.keys) == [
                "territory_id", "generated_at", "catalog_version", "metrics", "outlets", "routes", "distributors",
                "optimization_params",
            ])
        #expect(snapshot["territory_id"] as? String == "T1")
        #expect(snapshot["generated_at"] as? String == "2026-11-24T06:00:00.000Z")
        #expect(snapshot["catalog_version"] as? Int == 5)
    }

    /// Seen red with a column dropped from `members`, and with booleans written as numbers.
    @Test func `an outlet has every column of section 3_4`() async throws {
        let outlet = try #require(try await snapshot().objects("outlets").first)
        let wanted = """
            {"outlet_id": "O1", "outlet_name": "Outlet O1", "address": "1 Main Road", "latitude": 13.7563312,
             "longitude": 100.5017621, "channel": "GT", "tier": "Gold", "territory_id": "T1", "dt_code": "D2",
             "route_id": "R1", "sales_model": "VAN_SALES", "fulfillment_type": "DSD", "merchandising_required": true,
             "audit_frequency": "WEEKLY", "sales_volume": 1200.5, "nppd_score": 0.25, "new_outlet_flag": false,
             "coordinate_source": null, "created_date": "2026-11-24", "modified_date": "2026-11-24"}
            """
        #expect(try canonical(outlet) == canonical(json: wanted))
    }

    @Test func `what an outlet does not have is null, not missing`() async throws {
        let outlet = try #require(try await snapshot().objects("outlets").last)
        #expect(outlet.count == 20)
        #expect(outlet["latitude"] is NSNull)
        #expect(outlet["new_outlet_flag"] is NSNull)
    }

    @Test func `outlets of GT and MT are planned, WS and other territories' are not`() async throws {
        #expect(try await snapshot().objects("outlets").compactMap { $0["outlet_id"] as? String } == ["O1", "O2"])
    }

    /// Seen red with the salesperson looked up by the route's own id.
    @Test func `routes carry their salesperson's name and working hours`() async throws {
        let routes = try await snapshot().objects("routes")
        #expect(routes.compactMap { $0["route_id"] as? String } == ["R1", "R2", "R3", "R4"])
        #expect(routes.map { $0["salesperson_name"] as? String } == ["Somchai", "Malee", nil, nil])
        #expect(routes.map { $0["working_hours"] as? String } == ["08:00-17:00", nil, nil, nil])
        for route in routes {
            #expect(
                Set(route.keys) == [
                    "route_id", "route_name", "territory_id", "salesperson_id", "dt_code", "channel", "visit_days",
                    "created_date", "modified_date", "salesperson_name", "working_hours",
                ])
            #expect(route["visit_days"] as? String == "MON,THU")
        }
    }

    @Test func `distributors are the territory's own and those that its outlets name`() async throws {
        let distributors = try await snapshot().objects("distributors")
        #expect(distributors.compactMap { $0["dt_code"] as? String } == ["D1", "D2", "D4"])
        #expect(
            Set(try #require(distributors.first).keys) == [
                "dt_code", "dt_name", "address", "latitude", "longitude", "territory_id", "created_date",
                "modified_date",
            ])
    }

    @Test func `optimization_params are the territory's own JSON`() async throws {
        let params = try #require(try await snapshot()["optimization_params"])
        #expect(try canonical(params) == canonical(json: #"{"max_stops": 25, "depot": null}"#))
    }

    /// Seen red before a JSON column's cells were checked: an import takes them as they come, and one of them made a
    /// whole snapshot unreadable.
    @Test(arguments: [
        "", "not JSON", "{", #"{"a":1}}"#, #""],"outlets":["#, "nul", "TRUE", "NaN", "{'a':1}", "{1:2}", #"{"a" 1}"#,
        "1\0", "\"a\nb\"", #""\x""#, #""\u12G4""#, "[1,]", #"{"a":1, }"#, #"["\\",]"#, "[,]", "[1,,2]", "[1 2]", "1 2",
        "01", "-01", "1.", ".5", "+1", "-", "1e", "0x10", "/* */1",
    ])
    func `optimization_params that are no JSON become a string`(_ text: String) async throws {
        try await SnapshotHouse.with { house async throws in
            try await house.merge(.territories, [SampleTerritory.territory("T1", params: text)])
            let bytes = try await house.encoder("T1").full().pieces.flatMap(\.self)
            #expect(try object(bytes)["optimization_params"] as? String == text)
            #expect(try object(bytes).objects("outlets").isEmpty)
        }
    }

    @Test func `metrics count what the snapshot holds`() async throws {
        let wanted = """
            {"outlets": 2, "routes": 4, "distributors": 3, "by_channel": {"GT": 1, "MT": 1}, "by_tier": {"Gold": 2},
             "without_coordinates": 1, "geocoded": 0, "unassigned": 1, "sales_volume": 1200.5}
            """
        let metrics = try #require(try await snapshot()["metrics"])
        #expect(try canonical(metrics) == canonical(json: wanted))
    }

    /// Seen red with the whole document hashed.
    @Test func `the hash leaves out when it was made and at which version`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await house.encoder("T1", at: "2026-11-24T06:00:00.000Z").full()
            try await house.merge(.outlets, [SampleTerritory.outlet("O5", territory: "T2")])
            let second = try await house.encoder("T1", at: "2027-01-01T00:00:00.000Z").full()
            #expect(first.hash == second.hash)
            #expect(first.pieces != second.pieces)
            try await house.merge(.outlets, [SampleTerritory.outlet("O2", channel: "MT", ["tier": .text("Silver")])])
            let third = try await house.encoder("T1").full()
            #expect(third.hash != first.hash)
        }
    }

    private func encode() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            bytes = try await house.encoder("T1").full().pieces.flatMap(\.self)
        }
        return bytes
    }

    private func snapshot() async throws -> [String: Any] { try object(try await encode()) }
}
