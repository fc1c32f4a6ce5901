import Catalog
import Domain

extension APIHouse {
    /// COUNTRY above WEST and EAST; two planned outlets in WEST, one in EAST.
    func fillTerritories() async throws {
        try await merge(
            .territories,
            [("COUNTRY", ""), ("WEST", "COUNTRY"), ("EAST", "COUNTRY"), ("WEST 1/a", "WEST")].map { id, parent in
                [
                    "territory_id": .text(id), "territory_name": .text("Territory \(id)"), "level": .text("AREA"),
                    "parent_id": parent.isEmpty ? .null : .text(parent),
                ]
            })
        try await merge(.outlets, [("o1", "WEST", "GT"), ("o2", "WEST", "MT"), ("o3", "EAST", "GT")].map(Self.outlet))
    }

    /// Puts one more outlet into a territory.
    func addOutlet(_ id: String, to territory: String) async throws {
        try await merge(.outlets, [Self.outlet(id, territory, "GT")])
    }

    private static func outlet(_ id: String, _ territory: String, _ channel: String) -> [String: FieldValue] {
        [
            "outlet_id": .text(id), "outlet_name": .text("Outlet \(id)"), "channel": .text(channel),
            "territory_id": .text(territory), "latitude": .real(34.123_456_78), "longitude": .real(-118.25),
        ]
    }

    private func merge(_ table: EntityTable, _ rows: [[String: FieldValue]]) async throws {
        try await catalog.write { writer in
            let version = try writer.beginChange()
            let named = Set(rows.flatMap(\.keys))
            let merger = try writer.merger(
                into: table, columns: table.columns.indices.filter { named.contains(table.columns[$0].name) },
                strategy: .upsert,
                change: MasterDataChange(version: version, date: "2026-11-24", sessionID: "s1"))
            for row in rows { _ = try merger.merge(table.columns.map { row[$0.name] ?? .null }) }
            _ = try writer.touch(territories: merger.changedTerritories, version: version)
        }
    }
}
