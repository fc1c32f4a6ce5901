/// Which stops lie near each stop, in space and, where there are windows, in time.
extension ModelDraft {
    /// Enough to see every good place, few enough that looking at them all is cheap.
    var neighbourCount: Int {
        let count = problem.stops.count
        return max(0, min(count - 1, 40))
    }

    /// From so many of the nearest stops those are chosen that are also near in time.
    private static let timedCount = 250

    /// The nearest stops of every stop, row after row, nearest first.
    func neighbours(table: TravelMatrix?, metric: Metric, nodes: [Node]) -> [Neighbour] {
        let pace = features.isTimed ? Pace(self, table) : nil
        let count = pace == nil ? neighbourCount : min(problem.stops.count - 1, Self.timedCount)
        let lists: (Int) -> [Int32]
        if let table {
            lists = { nearest(to: $0, table: table, count: count) }
        } else {
            let points = NearestPoints(
                x: original.indices.map { nodes[$0].x }, y: original.indices.map { nodes[$0].y },
                z: original.indices.map { nodes[$0].z })
            lists = { points.nearest(to: $0, count: count) }
        }
        return nodes.withUnsafeBufferPointer { nodes in
            guard let base = nodes.baseAddress else { return [] }
            var all: [Neighbour] = []
            all.reserveCapacity(original.count * neighbourCount)
            for stop in original.indices {
                let row = lists(stop).map { other in
                    let distance = metric.distance(base + stop, base + Int(other))
                    return Neighbour(stop: other, distance: Float(distance), precedes: true, follows: true)
                }
                all.append(contentsOf: pace.map { timed(row, of: stop, $0, table) } ?? row)
            }
            return all
        }
    }

    /// The nearer way counts.
    private func nearest(to stop: Int, table: TravelMatrix, count: Int) -> [Int32] {
        let from = problem.stops[original[stop]].place
        let distances = original.map { other in
            let to = problem.stops[other].place
            return min(
                table.distance(from: from, to: to, places: problem.places),
                table.distance(from: to, to: from, places: problem.places))
        }
        let sorted = original.indices.filter { $0 != stop }.sorted { (distances[$0], $0) < (distances[$1], $1) }
        return sorted.prefix(count).map { Int32($0) }
    }

    // MARK: Time

    /// How time on the way compares with distance.
    private struct Pace {
        /// Of the fastest vehicle; only where durations are no table's.
        let timePerDistance: Double
        let durations: TravelMatrix?
        /// What an hour of waiting weighs against distance (as in PyVRP, Wouda, Lan and Kool 2024).
        let distancePerTime: Double

        static let waitWeight = 0.2
        static let lateWeight = 1.0

        init(_ draft: ModelDraft, _ table: TravelMatrix?) {
            timePerDistance = draft.problem.vehicles.map(\.timePerDistance).min() ?? 0
            durations = table?.durations == nil ? nil : table
            if let durations = table?.durations, let distances = table?.distances {
                distancePerTime = distances.reduce(0, +) / max(durations.reduce(0, +), .leastNormalMagnitude)
            } else {
                distancePerTime = timePerDistance > 0 ? 1 / timePerDistance : 0
            }
        }
    }

    /// The stops of a row that make the best successors or predecessors, waiting and lateness counted as distance.
    private func timed(_ row: [Neighbour], of stop: Int, _ pace: Pace, _ table: TravelMatrix?) -> [Neighbour] {
        var ranked: [(weight: Double, neighbour: Neighbour)] = row.map { neighbour in
            let other = Int(neighbour.stop)
            let (to, from) = (strain(stop, other, neighbour, pace), strain(other, stop, neighbour, pace))
            let marked = Neighbour(
                stop: neighbour.stop, distance: neighbour.distance, precedes: from.isPossible, follows: to.isPossible)
            return (Double(neighbour.distance) + min(to.weight, from.weight), marked)
        }
        ranked.sort { ($0.weight, $0.neighbour.stop) < ($1.weight, $1.neighbour.stop) }
        var chosen = ranked.prefix(neighbourCount).map(\.neighbour)
        chosen.sort { ($0.distance, $0.stop) < ($1.distance, $1.stop) }
        return chosen
    }

    /// How much longer than its distance a way from one stop straight to the next weighs, and whether it can be in time.
    private func strain(
        _ a: Int, _ b: Int, _ neighbour: Neighbour, _ pace: Pace
    ) -> (weight: Double, isPossible: Bool) {
        let (from, to) = (problem.stops[original[a]], problem.stops[original[b]])
        let travel =
            pace.durations?.duration(from: from.place, to: to.place, places: problem.places)
            ?? Double(neighbour.distance) * pace.timePerDistance
        var (least, isPossible) = (Double.infinity, false)
        for first in from.windows {
            for second in to.windows {
                let gap = from.serviceTime + travel
                let wait = max(0, second.from - (first.until + gap))
                let late = max(0, first.from + gap - second.until)
                // Single precision has rounded the distance.
                if late <= 1e-6 * (abs(second.until) + travel) { isPossible = true }
                let weight = (Pace.waitWeight * wait + Pace.lateWeight * late) * pace.distancePerTime
                if weight < least { least = weight }
            }
        }
        return (least, isPossible)
    }
}
