import Domain

/// A small territory `T1` with one of everything, and neighbours that do not belong to it.
enum SampleTerritory {
    /// An outlet's cells, all that are required among them.
    static func outlet(
        _ id: String, territory: String = "T1", channel: String = "GT", _ more: [String: FieldValue] = [:]
    ) -> [String: FieldValue] {
        let base: [String: FieldValue] = [
            "outlet_id": .text(id), "outlet_name": .text("Outlet \(id)"), "channel": .text(channel),
            "territory_id": .text(territory),
        ]
        return base.merging(more) { $1 }
    }

    /// A territory's cells.
    static func territory(_ id: String, parent: String? = nil, params: String? = nil) -> [String: FieldValue] {
        [
            "territory_id": .text(id), "territory_name": .text("Territory \(id)"), "level": .text("AREA"),
            "parent_id": parent.map { .text($0) } ?? .null,
            "optimization_params": params.map { .text($0) } ?? .null,
        ]
    }

    /// An outlet with every column of section 3.4 filled.
    static let whole = outlet(
        "O1",
        [
            "address": .text("1 Main Road"), "latitude": .real(13.756_331_2), "longitude": .real(100.501_762_1),
            "tier": .text("Gold"), "dt_code": .text("D2"), "route_id": .text("R1"), "sales_model": .text("VAN_SALES"),
            "fulfillment_type": .text("DSD"), "merchandising_required": .integer(1), "audit_frequency": .text("WEEKLY"),
            "sales_volume": .real(1200.5), "nppd_score": .real(0.25), "new_outlet_flag": .integer(0),
        ])

    /// Fills a catalog.
    static func fill(_ house: SnapshotHouse) async throws {
        try await house.merge(
            .territories, [territory("T1", params: #"{"max_stops": 25, "depot": null}"#), territory("T2")])
        try await house.merge(
            .distributors,
            [
                ["dt_code": .text("D1"), "dt_name": .text("own"), "territory_id": .text("T1")],
                ["dt_code": .text("D2"), "dt_name": .text("named by an outlet"), "territory_id": .text("T2")],
                ["dt_code": .text("D3"), "dt_name": .text("another's"), "territory_id": .text("T2")],
                ["dt_code": .text("D4"), "dt_name": .text("named by a wholesaler"), "territory_id": .text("T2")],
            ])
        try await house.merge(
            .salespeople,
            [
                [
                    "salesperson_id": .text("S1"), "salesperson_name": .text("Somchai"),
                    "working_hours": .text("08:00-17:00"),
                ],
                ["salesperson_id": .text("S2"), "salesperson_name": .text("Malee"), "working_hours": .null],
            ])
        try await house.merge(
            .routes,
            [
                route("R1", salesperson: "S1"), route("R2", salesperson: "S2"), route("R3", salesperson: nil),
                route("R4", salesperson: "S9"), route("R9", territory: "T2", salesperson: "S1"),
            ])
        try await house.merge(
            .outlets,
            [
                whole, outlet("O2", channel: "MT", ["tier": .text("Gold")]),
                outlet("O3", channel: "WS", ["dt_code": .text("D4")]), outlet("O4", territory: "T2"),
            ])
    }

    private static func route(
        _ id: String, territory: String = "T1", salesperson: String?
    ) -> [String: FieldValue] {
        [
            "route_id": .text(id), "route_name": .text("Route \(id)"), "territory_id": .text(territory),
            "salesperson_id": salesperson.map { .text($0) } ?? .null, "visit_days": .text("MON,THU"),
        ]
    }
}
