import Domain
import Foundation
import HTTPTypes
import Testing

/// GET /api/territory/list.
struct TerritoryListTests {
    @Test func `an administrator sees every territory with its metrics`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let territories = try await Self.list(house, as: .admin)
            #expect(territories.map(\.territoryId) == ["COUNTRY", "EAST", "WEST", "WEST 1/a"])
            let west = try #require(territories.first { $0.territoryId == "WEST" })
            #expect(west.parentId == "COUNTRY")
            #expect((west.outlets, west.gtOutlets, west.mtOutlets) == (2, 1, 1))
        }
    }

    /// Seen red with every territory shown to everybody.
    @Test func `others see what they are assigned and what lies below it`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            #expect(try await Self.list(house, as: .westViewer).map(\.territoryId) == ["WEST", "WEST 1/a"])
            // Holds a permission, but not the one to look.
            #expect(try await Self.list(house, as: .producer).isEmpty)
            #expect(try await Self.list(house, as: .guest).isEmpty)
        }
    }

    @Test func `an empty catalog is an empty list`() async throws {
        try await APIHouse.with { house in
            let territories = try await Self.list(house, as: .admin)
            #expect(territories.isEmpty)
        }
    }

    private static func list(_ house: APIHouse, as user: UserContext) async throws -> [TerritorySummary] {
        struct Listed: Decodable { var territories: [TerritorySummary] }
        let response = try await house.send(.get, "/api/territory/list", as: user)
        #expect(response.status == .ok)
        return try JSONDecoder().decode(Listed.self, from: Data(response.body.readableBytesView)).territories
    }
}
