import Domain
import HTTPTypes
import HummingbirdTesting
import Testing

/// A process that serves events only: its health and metrics, and a problem document for everything else.
struct HealthOnlyTests {
    @Test func `health and metrics answer, and nothing else does`() async throws {
        var fittings = APIHouse.Fittings()
        fittings.healthOnly = true
        try await APIHouse.with(.router, fittings) { house in
            #expect(try await house.send(.get, "/health", as: nil).status == .ok)
            try expectProblem(try await house.send(.post, "/health", as: nil), 405)
            #expect(try await house.send(.get, "/metrics").status == .ok)
            for path in EveryRouteTests.table.keys.map({ String($0.split(separator: " ")[1]) })
            where !["/health", "/metrics"].contains(path) {
                try expectProblem(try await house.send(.get, path), 404, says: "there is no such route")
            }
        }
    }
}
