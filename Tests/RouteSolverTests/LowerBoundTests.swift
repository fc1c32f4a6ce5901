import Foundation
import Testing

@testable import RouteSolver

@Suite("A bound from below")
struct LowerBoundTests {
    /// Whatever a problem asks for, no plan that serves everything costs less.
    @Test("is no more than what plans cost", arguments: 1...40)
    func neverAbove(seed: UInt64) throws {
        var problem = RandomProblems.problem(seed: seed)
        for index in problem.stops.indices {
            problem.stops[index].prize = nil
            problem.stops[index].visits = .once
        }
        problem.days = 1
        for index in problem.vehicles.indices { problem.vehicles[index].days = .max }
        guard let solver = try? Solver(problem) else { return }
        let outcome = solver.solve(SolverOptions(timeLimit: nil, iterationLimit: 1_000, seed: seed))
        guard let bound = outcome.progress.bound, outcome.progress.unservedMandatory == 0 else { return }
        #expect(bound > 0 && bound <= outcome.verdict.cost.total + 1e-6)
    }

    @Test("is near what the best plan of one vehicle costs: two stars of stops on circles")
    func tour() throws {
        let places = (0..<60).map { index in
            let angle = Double(index) / 60 * 2 * Double.pi
            let radius = index % 2 == 0 ? 100.0 : 90.0
            return Place(x: radius * cos(angle), y: radius * sin(angle))
        }
        let problem = Problem(
            places: places, stops: (1..<60).map { Stop(place: $0) }, vehicles: [Vehicle(start: 0)],
            travel: EuclideanTravel(.exact))
        let outcome = try Solver(problem).solve(SolverOptions(timeLimit: nil, iterationLimit: 2_000))
        let bound = try #require(outcome.progress.bound)
        #expect(bound <= outcome.verdict.cost.total + 1e-6 && bound > 0.98 * outcome.verdict.cost.total)
    }

    /// Thirty stops 1 away and thirty 100 away, two to a vehicle: fifteen routes of either length.
    @Test(
        "charges each stop its part of a vehicle's way", arguments: [EuclideanTravel.Rounding.exact, .nearest, .down])
    func radial(rounding: EuclideanTravel.Rounding) throws {
        let places = [Place(x: 0, y: 0)] + (0..<60).map { Place(x: $0 < 30 ? 1 : 100, y: 0) }
        let problem = Problem(
            places: places, stops: (1...60).map { Stop(place: $0, demand: [5]) },
            vehicles: [Vehicle(count: nil, start: 0, capacities: [10])], travel: EuclideanTravel(rounding))
        var bound = try #require(LowerBound(try Model(problem)))
        // Less what rounding may hide.
        let cost = bound.cost { true }
        #expect(cost <= 3_030 + 1e-6 && cost >= (rounding == .exact ? 3_030 - 1e-6 : 2_800))
    }

    @Test("counts as many routes as the vehicles' capacity asks for, and what each costs at least")
    func routes() throws {
        // Ten stops at one place 100 away, four to a vehicle: three routes.
        let places = [Place(x: 0, y: 0)] + (0..<10).map { _ in Place(x: 100, y: 0) }
        var problem = Problem(
            places: places, stops: (1...10).map { Stop(place: $0, demand: [1]) },
            vehicles: [Vehicle(count: nil, start: 0, capacities: [4], fixedCost: 5)],
            travel: EuclideanTravel(.exact))
        let options = SolverOptions(timeLimit: nil, iterationLimit: 100)
        #expect(abs(try #require(try Solver(problem).solve(options).progress.bound) - 615) < 1e-6)
        problem.stops[0].prize = 1
        #expect(try Solver(problem).solve(options).progress.bound == nil)
    }
}
