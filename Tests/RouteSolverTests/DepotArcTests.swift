import Foundation
import Testing

@testable import RouteSolver

/// What lists of neighbours do not show: arcs at depots, and what is left of places that are far from each other.
@Suite("Depot arcs")
struct DepotArcTests {
    /// `perPlace` stops in each of the places, closer to each other than to any other place.
    private static func problem(_ villages: [Place], perPlace: Int, capacity: Double, on travel: any Travel) -> Problem
    {
        let size = travel is GeographicTravel ? 1e-4 : 1e-2
        let stops = villages.flatMap { village in
            (0..<perPlace).map { Place(x: village.x + Double($0 % 7) * size, y: village.y + Double($0 / 7) * size) }
        }
        return Problem(
            places: [Place(x: 10, y: 50)] + stops,
            stops: (1...stops.count).map { Stop(place: $0, demand: [1]) },
            vehicles: [Vehicle(count: nil, start: 0, capacities: [capacity])], travel: travel)
    }

    @Test("savings join what is left of places that are no neighbours")
    func leftovers() throws {
        let villages = [Place(x: 900, y: 50), Place(x: 900, y: 250)]
        let model = try Model(Self.problem(villages, perPlace: 60, capacity: 120, on: EuclideanTravel(.exact)))
        let state = SearchState(model)
        let routes = withExtendedLifetime(state) {
            var savings = Savings(state)
            return savings.routes()
        }
        #expect(routes.map(\.count) == [120])
    }

    /// In every direction from the depot lies a far village with a route of its own; each stop half way there belongs to its
    /// route, whichever way the arc is driven.
    @Test("a stop goes into the arc of a far route that passes by", arguments: [false, true])
    func onTheWay(isOnGlobe: Bool) throws {
        let travel: any Travel = isOnGlobe ? GeographicTravel(detourFactor: 1.2) : EuclideanTravel(.exact)
        // More arcs than are looked at.
        let directions = (0..<16).map { turn -> (Double, Double) in
            let angle = Double(turn) * Double.pi / 8
            return (4 * cos(angle), 4 * sin(angle))
        }
        let far = directions.map { Place(x: 10 + $0.0, y: 50 + $0.1) }
        let near = directions.map { Place(x: 10 + $0.0 / 2, y: 50 + $0.1 / 2) }
        let problem = Self.problem(far + near, perPlace: 50, capacity: 60, on: travel)
        let model = try Model(problem)
        var run = SearchRun(model, seed: 1)
        let routes = far.indices.map { village in
            (0..<50).map { model.renumbered[village * 50 + $0] }
        }
        for (slot, stops) in routes.enumerated() { run.worker.fill(slot, stops) }
        run.worker.ends.rebuild(run.worker.tours, owner: 0)
        for village in near.indices {
            let stop = model.renumbered[(far.count + village) * 50]
            var blinks = Blinks(&run.worker.random)
            let place = run.worker.tours.cheapestInsertion(
                stop, day: 0, kinds: 0..<0, owner: 0, limit: .infinity, ends: run.worker.ends,
                opening: .any, blinks: &blinks)
            #expect(place.slot == Int32(village))
        }
    }
}
