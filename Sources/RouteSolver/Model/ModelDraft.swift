import Foundation

/// The steps from a problem to a model.
struct ModelDraft {
    let problem: Problem
    let original: [Int]
    let renumbered: [Int]
    let features: Features
    /// The group of each vehicle; empty where nothing asks for groups.
    let groups: [Int32]

    init(_ problem: Problem) {
        self.problem = problem
        let places = problem.stops.map { problem.places[$0.place] }
        original = HilbertOrder.order(x: places.map(\.x), y: places.map(\.y))
        var renumbered = [Int](repeating: 0, count: original.count)
        for (new, old) in original.enumerated() { renumbered[old] = new }
        self.renumbered = renumbered
        groups = problem.groupsOfVehicles ?? []
        var features = Self.features(problem)
        features.isConsistent = !groups.isEmpty
        self.features = features
    }

    private static func features(_ problem: Problem) -> Features {
        var features = Features()
        features.isTimed =
            problem.stops.contains { $0.windows != [.always] }
            || (problem.travel as? TravelMatrix)?.durations != nil
        let capacityCount = problem.vehicles.map(\.capacities.count).max() ?? 0
        features.extraCount =
            max(0, capacityCount - 1) + (problem.vehicles.contains { $0.maximumStops != nil } ? 1 : 0)
        features.hasRules = problem.stops.contains { $0.allowedVehicles != nil || !$0.forbiddenVehicles.isEmpty }
        features.hasPins = problem.stops.contains { $0.position != nil }
        features.hasRanks = problem.stops.contains { if case .after = $0.position { true } else { false } }
        features.churnPrice = problem.churn?.pricePerChange ?? 0
        features.balance = problem.balance
        features.hasDurationCost = problem.vehicles.contains { $0.costPerDuration != 0 }
        features.leastRate = problem.vehicles.map(\.costPerDistance).min() ?? 0
        features.hasPrizes = problem.stops.contains { $0.prize != nil }
        return features
    }

    // MARK: Travel

    /// The table of travel that is not computed from coordinates.
    func table() -> TravelMatrix? {
        switch problem.travel {
        case is EuclideanTravel, is GeographicTravel: return nil
        case let matrix as TravelMatrix: return matrix
        default:
            let count = problem.places.count
            var distances: [Double] = []
            var durations: [Double] = []
            distances.reserveCapacity(count * count)
            for from in 0..<count {
                for to in 0..<count {
                    distances.append(problem.travel.distance(from: from, to: to, places: problem.places))
                    if let time = problem.travel.duration(from: from, to: to, places: problem.places) {
                        durations.append(time)
                    }
                }
            }
            return TravelMatrix(
                distances: distances, durations: durations.count == distances.count ? durations : nil)
        }
    }

    func metric(distances: Buffer<Double>?, durations: Buffer<Double>?) -> Metric {
        let kind: Metric.Kind
        var scale = 1.0
        switch problem.travel {
        case let plane as EuclideanTravel:
            switch plane.rounding {
            case .exact: kind = .exact
            case .nearest: kind = .nearest
            case .down: kind = .down
            }
        case let globe as GeographicTravel:
            kind = .geographic
            scale = GeographicTravel.earthRadiusMetres * globe.detourFactor
        default: kind = .table
        }
        return Metric(
            kind: kind, scale: scale, distances: distances.map { UnsafePointer($0.pointer) },
            durations: durations.map { UnsafePointer($0.pointer) }, placeCount: problem.places.count)
    }

    /// A place's coordinates as the metric wants them: on the unit sphere for geographic ones.
    func coordinates(_ place: Int) -> (x: Double, y: Double, z: Double) {
        let point = problem.places[place]
        guard problem.travel is GeographicTravel else { return (point.x, point.y, 0) }
        let (longitude, latitude) = (point.x * .pi / 180, point.y * .pi / 180)
        return (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
    }

    /// From each stop to the nearest place where routes begin.
    func depotDistances() -> [Double] {
        let starts = Set(problem.vehicles.map(\.start)).sorted()
        return original.map { stop in
            let place = problem.stops[stop].place
            return starts.map { problem.travel.distance(from: $0, to: place, places: problem.places) }.min() ?? 0
        }
    }
}
