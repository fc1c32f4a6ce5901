/// A visit that may stand in a route, or one of the two ends of a route.
///
/// Everything that judging an insertion beside it needs lies in one cache line. A visit is numbered `day * stops + stop`; the
/// ends of the route in slot `r` are numbered `2r` and `2r + 1` from `Model.endsBase` on.
struct Node {
    var next: Int32 = -1
    var previous: Int32 = -1
    /// The slot of the route in which it stands; -1: in none.
    var route: Int32 = -1
    /// The place in the travel table, where there is one.
    let place: Int32
    let x: Double
    let y: Double
    /// Zero in the plane.
    let z: Double
    /// Distance to `next`.
    var arc: Double = 0
    /// Distance from `previous`.
    var arcBefore: Double = 0
    /// Which worker may move it; see `Partition`.
    var owner: Int16 = 0
    /// -1: pinned to the first position, 1: to the last.
    let pin: Int8
    /// Which of the stop's windows was chosen for it.
    var window: UInt8 = 0
    /// The stop, or -1 for an end of a route.
    let stop: Int32
}

/// What a search needs to know of a stop.
struct StopRecord {
    /// Of the first capacity.
    let demand: Double
    let service: Double
    /// What it costs while it is not served.
    let price: Double
    let isMandatory: Bool
    /// Its windows are `Model.windows[firstWindow ..< firstWindow + windowCount]`.
    let firstWindow: Int32
    let windowCount: Int32
    /// Its day patterns, likewise in `Model.patterns`.
    let firstPattern: Int32
    let patternCount: Int32
    /// Its row in `Model.allowed`, or -1 where every vehicle may visit it.
    let rules: Int32
}

/// One vehicle's possible route of one day: what stays, and what the search keeps up to date.
struct RouteSlot {
    let vehicle: Int32
    let day: Int32
    /// Slots of one kind are interchangeable.
    let kind: Int32
    /// Where its workload is added up over the days.
    let crew: Int32
    let capacity: Double
    let maximumDuration: Double
    let costPerDistance: Double
    let costPerDuration: Double
    let fixedCost: Double
    let timePerDistance: Double
    let shiftFrom: Double
    let shiftUntil: Double

    /// What is left of the first capacity.
    var slack: Double
    var count: Int32 = 0
    var owner: Int16 = 0
    /// Length of its arcs.
    var distance: Double = 0
    /// Sum of its stops' service times.
    var service: Double = 0
    /// From departure to return; kept by `Tours.refresh` where something depends on it.
    var duration: Double = 0
    /// Whether it breaks a window or its shift; only where `isTimed`. Taking a visit out can do that where distances are
    /// rounded or a table's, and the direct way is longer than the one past the visit.
    var isLate = false
    /// What `Balance` last counted for it.
    var balancedWork: Double = 0
    /// Neighbours in the list of unused slots of its kind.
    var nextFree: Int32 = -1
    var previousFree: Int32 = -1
}
