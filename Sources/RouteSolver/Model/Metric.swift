/// Distances between nodes, computed from their coordinates where that is possible and read from a table otherwise.
///
/// A plain value without references, so that the innermost loops carry no reference counting.
struct Metric {
    enum Kind: UInt8 { case exact, nearest, down, geographic, table }

    let kind: Kind
    /// Metres that a unit chord is long, detour included.
    let scale: Double
    // SAFETY: points into buffers that the model owns and that outlive every search on it.
    let distances: UnsafePointer<Double>?
    let durations: UnsafePointer<Double>?
    let placeCount: Int

    var isSymmetric: Bool { kind != .table }

    /// How much rounding changes a distance at most.
    var rounding: Double {
        switch kind {
        case .nearest: 0.5
        case .down: 1
        case .exact, .geographic, .table: 0
        }
    }

    @inline(__always)
    func distance(_ a: UnsafePointer<Node>, _ b: UnsafePointer<Node>) -> Double {
        if kind == .table {
            return distances.unsafelyUnwrapped[Int(a.pointee.place) * placeCount + Int(b.pointee.place)]
        }
        let dx = a.pointee.x - b.pointee.x
        let dy = a.pointee.y - b.pointee.y
        switch kind {
        case .nearest: return Self.nearest((dx * dx + dy * dy).squareRoot())
        case .down: return Self.down((dx * dx + dy * dy).squareRoot())
        case .geographic:
            let dz = a.pointee.z - b.pointee.z
            return scale * Self.angle(chord: (dx * dx + dy * dy + dz * dz).squareRoot())
        default: return (dx * dx + dy * dy).squareRoot()
        }
    }

    /// The time from one node to another, given their distance.
    @inline(__always)
    func time(
        _ a: UnsafePointer<Node>, _ b: UnsafePointer<Node>, distance: Double, timePerDistance: Double
    ) -> Double {
        guard let durations else { return distance * timePerDistance }
        return durations[Int(a.pointee.place) * placeCount + Int(b.pointee.place)]
    }

    /// Adding and taking away 1.5 · 2^52 rounds to whole numbers with two additions, where `rounded()` is a call on
    /// processors without SSE 4.1. Good below 2^51; halves cannot come up as roots of whole numbers.
    @inline(__always)
    static func nearest(_ value: Double) -> Double {
        let magic = 6_755_399_441_055_744.0
        return (value + magic) - magic
    }

    @inline(__always)
    static func down(_ value: Double) -> Double {
        let rounded = nearest(value)
        return rounded > value ? rounded - 1 : rounded
    }

    /// The angle that a chord of the unit circle spans: 2·asin(c/2) as its series, good to 1e-12 up to 600 km; and
    /// still to a metre at 5,000 km.
    @inline(__always)
    static func angle(chord: Double) -> Double {
        let s = chord * chord / 4
        let tail = s * (15.0 / 336 + s * (105.0 / 3456 + s * (945.0 / 42240 + s * (10395.0 / 599_040))))
        return chord * (1 + s * (1.0 / 6 + s * (3.0 / 40 + tail)))
    }
}
