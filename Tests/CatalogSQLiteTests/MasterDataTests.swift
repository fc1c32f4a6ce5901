import Catalog
import Domain
import Testing

struct MasterDataTests {
    @Test func `the version grows with every change`() async throws {
        try await CatalogHouse.with { house async throws in
            #expect(try await house.catalog.read { try $0.version() } == 0)
            #expect(try await house.merge(.outlets, []).version == 1)
            #expect(try await house.merge(.outlets, []).version == 2)
            #expect(try await house.catalog.read { try $0.version() } == 2)
        }
    }

    @Test func `a summary counts outlets by channel and routes`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.territories, [territory("T1", parent: "Z"), territory("T2")])
            try await house.merge(
                .outlets,
                [
                    outlet("O1"), outlet("O2"), outlet("O3", channel: "MT"), outlet("O4", channel: "WS"),
                    outlet("O5", territory: "T9"),
                ])
            try await house.merge(.routes, [["route_id": .text("R1"), "territory_id": .text("T1")]])
            _ = try await house.catalog.write { try $0.touch(territories: ["T1"], version: 7) }
            let summaries = try await house.catalog.read { try $0.territories() }
            #expect(
                summaries == [
                    TerritorySummary(
                        territoryId: "T1", territoryName: "Territory T1", level: "AREA", parentId: "Z", outlets: 4,
                        gtOutlets: 2, mtOutlets: 1, routes: 1, version: 7),
                    TerritorySummary(
                        territoryId: "T2", territoryName: "Territory T2", level: "AREA", parentId: nil, outlets: 0,
                        gtOutlets: 0, mtOutlets: 0, routes: 0, version: 0),
                ])
        }
    }

    @Test func `a path leads from a territory to its root, and ends in a circle too`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(
                .territories,
                [
                    territory("country"), territory("zone", parent: "country"), territory("area", parent: "zone"),
                    territory("x", parent: "y"), territory("y", parent: "x"),
                ])
            try await house.catalog.read { reader throws in
                #expect(try reader.path(ofTerritory: "area") == ["area", "zone", "country"])
                #expect(try reader.path(ofTerritory: "country") == ["country"])
                #expect(try reader.path(ofTerritory: "nowhere") == [])
                #expect(Set(try reader.path(ofTerritory: "x")) == ["x", "y"])
            }
        }
    }

    @Test func `touching marks territories that are there, at the new version`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.territories, [territory("T1"), territory("T2")])
            let marked = try await house.catalog.write { try $0.touch(territories: ["T2", "T1", "T9"], version: 5) }
            #expect(marked == ["T1", "T2"])
            _ = try await house.catalog.write { try $0.touch(territories: ["T2"], version: 6) }
            try await house.catalog.read { reader throws in
                #expect(try reader.version(ofTerritory: "T1") == 5)
                #expect(try reader.version(ofTerritory: "T2") == 6)
                #expect(try reader.version(ofTerritory: "T9") == nil)
            }
        }
    }

    @Test func `selections name the company of a territory`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            func keys(_ selection: RowSelection) async throws -> [String] {
                try await house.rows(selection).compactMap { $0[selection.table.primaryKey]?.text }
            }
            #expect(try await keys(.territory("T1")) == ["T1"])
            #expect(try await keys(.outlets(territory: "T1")) == ["O1", "O2", "O3"])
            #expect(try await keys(.routes(territory: "T1")) == ["R1"])
            #expect(try await keys(.salespeople(territory: "T1")) == ["S2"])
            #expect(try await keys(.distributors(territory: "T1", named: ["D2", "D9", "\""])) == ["D1", "D2"])
            #expect(try await keys(.distributors(territory: "T1", named: [])) == ["D1"])
            #expect(try await keys(.all(.outlets)) == ["O1", "O2", "O3", "O4"])
            #expect(try await keys(.territory("T9")) == [])
        }
    }

    @Test func `references lead to the territories they change`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            try await house.catalog.write { writer throws in
                #expect(try writer.territories(referringTo: .distributors, keys: ["D2", "D9"], besides: []) == ["T1"])
                #expect(try writer.territories(referringTo: .salespeople, keys: ["S2"], besides: []) == ["T1"])
                #expect(try writer.territories(referringTo: .salespeople, keys: [], besides: []) == [])
                #expect(try writer.territories(referringTo: .outlets, keys: ["O1"], besides: []) == [])
            }
        }
    }

    @Test func `territories that are known already are not looked through for references`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            let others = (1...20).map { "A\($0)" }
            try await house.merge(.territories, others.map { territory($0) })
            try await house.merge(
                .outlets,
                others.map { outlet("O\($0)", territory: $0).merging(["dt_code": .text("D2")]) { $1 } })
            try await house.catalog.write { writer throws in
                func found(besides known: [String]) throws -> Set<String> {
                    try writer.territories(referringTo: .distributors, keys: ["D2"], besides: Set(known))
                }
                #expect(try found(besides: []) == Set(others + ["T1"]))
                // By looking at all outlets, and by the index of those of few territories.
                #expect(try found(besides: ["T1", "A1"]) == Set(others).subtracting(["A1"]))
                #expect(try found(besides: others) == ["T1"])
                #expect(try found(besides: others + ["T1"]) == [])
                #expect(
                    try writer.territories(referringTo: .salespeople, keys: ["S2"], besides: ["T1"]) == [])
            }
        }
    }

    @Test func `existing keys are found`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            try await house.catalog.read { reader throws in
                #expect(try reader.existing(["D1", "D9"], in: .distributors) == ["D1"])
                #expect(try reader.existing([], in: .distributors) == [])
            }
        }
    }

    /// Seen red with the keys not bound.
    @Test func `rows tell which territory they are in, those asked for or all`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            try await house.catalog.read { reader throws in
                var told: [String: String?] = [:]
                try reader.forEachTerritory(ofRows: ["D2", "D9"], in: .distributors) { told[$0] = $1 }
                #expect(told == ["D2": "T2"])
                told = [:]
                try reader.forEachTerritory(ofRows: nil, in: .distributors) { told[$0] = $1 }
                #expect(told == ["D1": "T1", "D2": "T2", "D3": "T2"])
                try reader.forEachTerritory(ofRows: nil, in: .territories) { key, _ in Issue.record("\(key)") }
            }
        }
    }

    @Test func `rows tell the text that they have in a column, if any`() async throws {
        try await CatalogHouse.with { house in
            try await fill(house)
            try await house.catalog.read { reader throws in
                for (column, expected) in [
                    ("territory_id", ["D1": "T1", "D2": "T2", "D3": "T2"]), ("address", [:]),
                ] {
                    var told: [String: String] = [:]
                    let position = try #require(EntityTable.distributors.index(of: column))
                    try reader.forEachText(in: .distributors, column: position, isFilled: true) { key, text in
                        told[String(decoding: key, as: UTF8.self)] = String(decoding: try #require(text), as: UTF8.self)
                    }
                    #expect(told == expected)
                }
            }
        }
    }

    private func fill(_ house: CatalogHouse) async throws {
        try await house.merge(.territories, [territory("T1"), territory("T2")])
        try await house.merge(
            .distributors,
            [
                ["dt_code": .text("D1"), "dt_name": .text("own"), "territory_id": .text("T1")],
                ["dt_code": .text("D2"), "dt_name": .text("named"), "territory_id": .text("T2")],
                ["dt_code": .text("D3"), "dt_name": .text("other"), "territory_id": .text("T2")],
            ])
        try await house.merge(
            .salespeople,
            [
                ["salesperson_id": .text("S1"), "salesperson_name": .text("no route"), "territory_id": .text("T1")],
                ["salesperson_id": .text("S2"), "salesperson_name": .text("a route"), "territory_id": .text("T2")],
            ])
        try await house.merge(
            .routes,
            [
                ["route_id": .text("R1"), "territory_id": .text("T1"), "salesperson_id": .text("S2")],
                ["route_id": .text("R2"), "territory_id": .text("T2"), "salesperson_id": .null],
            ])
        try await house.merge(
            .outlets,
            [
                outlet("O2", channel: "MT", ["dt_code": .text("D2")]), outlet("O1", ["dt_code": .null]),
                outlet("O3", channel: "WS"), outlet("O4", territory: "T2"),
            ])
    }
}
