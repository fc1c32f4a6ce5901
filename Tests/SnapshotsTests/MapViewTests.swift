import Domain
import Foundation
import Testing

@testable import Snapshots

/// The map view of section 8.4.
struct MapViewTests {
    /// Seen red with the rounding left out.
    @Test func `an outlet on the map has six fields, its place to five decimals`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let map = try object(try await house.encoder("T1").map().flatMap(\.self))
            #expect(Set(map.keys) == ["territory_id", "generated_at", "catalog_version", "outlets"])
            let wanted = """
                [{"outlet_id": "O1", "name": "Outlet O1", "lat": 13.75633, "lng": 100.50176, "channel": "GT",
                  "tier": "Gold"},
                 {"outlet_id": "O2", "name": "Outlet O2", "lat": null, "lng": null, "channel": "MT", "tier": "Gold"}]
                """
            #expect(try canonical(map.objects("outlets")) == canonical(json: wanted))
        }
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (13.756_331, "13.75633"), (13.756_335_1, "13.75634"), (-33.868_824, "-33.86882"),
        (180, "180"), (-179.999_999, "-180"), (0.000_001, "0"), (0.000_01, "1e-05"), (100.5, "100.5"),
    ])
    func `a place is written short`(_ latitude: Double, _ wanted: String) async throws {
        try await SnapshotHouse.with { house async throws in
            try await house.merge(.territories, [SampleTerritory.territory("T1")])
            try await house.merge(.outlets, [SampleTerritory.outlet("O1", ["latitude": .real(latitude)])])
            let text = String(decoding: try await house.encoder("T1").map().joined(), as: UTF8.self)
            #expect(text.contains("\"lat\":\(wanted),"), "\(text)")
        }
    }
}
