/// The arcs between depots and the first and last visits of routes, by the direction in which they leave the depot.
///
/// A stop's neighbours do not show that a route to far away passes by it: that is a long arc, whose other end is not near.
/// Here are, for each depot, the arcs that leave it in nearly the stop's own direction. The index is made anew every now
/// and then; in between it may name an arc's old visit, never a route's old end, and costs are computed from the routes.
final class RouteEnds {
    /// An arc at a depot, as it was when the index was made.
    struct Entry {
        /// The end of the route, from which the arc is found as it is now.
        let terminal: Int32
        let angle: Float
        /// Straight from the depot to the visit, in the metric's unit of coordinates.
        let radius: Double
        let visit: Vector
    }

    /// The ends of one day's routes at one place, sorted by angle.
    struct Depot {
        let place: Int32
        let origin: Vector
        /// What angles are measured in: two directions at right angles to each other, level with the ground.
        let east: Vector
        let north: Vector
        var entries: [Entry] = []

        /// Where in `entries` those begin that lie nearest in direction, half of them on either side.
        func first(of count: Int, near angle: Float) -> Int {
            var (low, high) = (0, entries.count)
            while low < high {
                let middle = (low + high) / 2
                if entries[middle].angle < angle { low = middle + 1 } else { high = middle }
            }
            let first = low - count / 2
            return first < 0 ? first + entries.count : first == entries.count ? 0 : first
        }
    }

    /// Entries that are looked at for a visit, over all depots of its day; at least two of each.
    static let breadth = 16
    /// With more depots a day than this, arcs at depots are left out: looking at each would cost more than it finds.
    private static let mostDepots = 16

    private(set) var depotsOfDay: [[Depot]]
    /// Slots that were in use since the index was last made.
    private(set) var used: [Int32] = []
    private var isListed: [Bool]

    init(_ model: Model) {
        isListed = [Bool](repeating: false, count: model.slots.count)
        depotsOfDay = model.kindsOfDay.map { kinds in
            let ends = kinds.flatMap { kind in
                let terminal = model.endsBase + 2 * model.slotsOfKind[kind].lowerBound
                return [model.nodes[terminal], model.nodes[terminal + 1]]
            }
            var depots: [Depot] = []
            for end in ends where !depots.contains(where: { $0.place == end.place }) {
                depots.append(Self.depot(end, isOnGlobe: model.metric.kind == .geographic))
            }
            return depots.count > Self.mostDepots || model.metric.kind == .table ? [] : depots
        }
    }

    private static func depot(_ node: Node, isOnGlobe: Bool) -> Depot {
        let origin = Vector(node)
        guard isOnGlobe else {
            return Depot(
                place: node.place, origin: origin, east: Vector(x: 1, y: 0, z: 0), north: Vector(x: 0, y: 1, z: 0))
        }
        let level = max((origin.x * origin.x + origin.y * origin.y).squareRoot(), .leastNormalMagnitude)
        let east = Vector(x: -origin.y / level, y: origin.x / level, z: 0)
        let north = Vector(x: -origin.z * east.y, y: origin.z * east.x, z: level)
        return Depot(place: node.place, origin: origin, east: east, north: north)
    }

    /// Has the slot's ends in the index when it is next made.
    @inline(__always)
    func list(_ slot: Int) {
        guard !isListed[slot] else { return }
        isListed[slot] = true
        used.append(Int32(truncatingIfNeeded: slot))
    }

    /// Makes the index of all routes of a worker that were ever listed and are in use.
    func rebuild(_ tours: Tours, owner: Int16) {
        for day in depotsOfDay.indices {
            for index in depotsOfDay[day].indices {
                depotsOfDay[day][index].entries.removeAll(keepingCapacity: true)
            }
        }
        for slot in used where tours.slots[Int(slot)].count == 0 { isListed[Int(slot)] = false }
        used.removeAll { !isListed[Int($0)] }
        for slot in used where tours.slots[Int(slot)].owner == owner {
            let (first, last) = (tours.start(Int(slot)), tours.end(Int(slot)))
            add(first, visit: tours.next(first), tours)
            add(last, visit: tours.previous(last), tours)
        }
        for day in depotsOfDay.indices {
            for index in depotsOfDay[day].indices {
                depotsOfDay[day][index].entries.sort { ($0.angle, $0.terminal) < ($1.angle, $1.terminal) }
            }
        }
    }

    private func add(_ terminal: Int, visit: Int, _ tours: Tours) {
        let day = Int(tours.slots[tours.slot(terminal)].day)
        let place = tours.nodes[terminal].place
        guard let index = depotsOfDay[day].firstIndex(where: { $0.place == place }) else { return }
        let point = Vector(tours.nodes[visit])
        let depot = depotsOfDay[day][index]
        let entry = Entry(
            terminal: Int32(terminal), angle: depot.angle(to: point), radius: point.distance(to: depot.origin),
            visit: point)
        depotsOfDay[day][index].entries.append(entry)
    }
}

extension RouteEnds.Depot {
    /// A number from 0 to below 4 that grows with the angle, without trigonometry.
    @inline(__always)
    func angle(to point: Vector) -> Float {
        let line = point - origin
        let (across, up) = (line.dot(east), line.dot(north))
        let sum = abs(across) + abs(up)
        guard sum > 0 else { return 0 }
        let part = Float(across / sum)
        return up >= 0 ? 1 - part : 3 + part
    }
}

/// A point or a direction, in the coordinates of nodes.
struct Vector {
    let x: Double
    let y: Double
    let z: Double

    @inline(__always)
    func dot(_ other: Vector) -> Double { x * other.x + y * other.y + z * other.z }

    @inline(__always)
    func distance(to other: Vector) -> Double {
        let line = self - other
        return line.dot(line).squareRoot()
    }

    @inline(__always)
    static func - (a: Vector, b: Vector) -> Vector { Vector(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z) }
}

extension Vector {
    @inline(__always)
    init(_ node: Node) { self.init(x: node.x, y: node.y, z: node.z) }
}
