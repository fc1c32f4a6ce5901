/// A problem made ready for the search: stops renumbered along a Hilbert curve, neighbours listed, rules flattened. It does
/// not change, and is shared by all workers.
final class Model {
    let problem: Problem
    let metric: Metric
    /// What the problem asks for beyond a capacity and a duration limit.
    let features: Features

    let stopCount: Int
    let days: Int
    /// Visits come first, then the ends of routes.
    var endsBase: Int { stopCount * days }
    /// The stop of the problem that a stop of the model is, and the other way round.
    let original: [Int]
    let renumbered: [Int]

    let stops: Buffer<StopRecord>
    /// What each stop that must be served costs while it is not.
    let mandatoryPrice: Double
    let windows: Buffer<TimeWindow>
    let patterns: Buffer<UInt64>
    /// `neighbourCount` stops for each stop, nearest first.
    let neighbours: Buffer<Neighbour>
    let neighbourCount: Int

    /// From each stop to the nearest start of a route.
    let depotDistances: Buffer<Double>

    /// How every node and slot begins.
    let nodes: [Node]
    let slots: [RouteSlot]
    /// The slots of each kind, and the kinds of each day.
    let slotsOfKind: [Range<Int>]
    let kindsOfDay: [Range<Int>]

    /// Capacities after the first, and maximum stops as one more; `features.extraCount` for each slot and each stop.
    let extraSlack: [Double]
    let extraDemand: Buffer<Double>
    /// Bits of vehicles, `allowedWords` for each row of rules.
    let allowed: Buffer<UInt64>
    let allowedWords: Int
    /// How many visits come before each stop's, -1 where that is all the same; only where `Features.hasRanks`.
    let ranks: Buffer<Int32>
    /// The group of each vehicle, and how many there are; see `Features.isConsistent`.
    let groups: Buffer<Int32>
    let groupCount: Int
    /// The vehicle that made each visit before; see `Features.noChurn`.
    let formerVehicle: Buffer<Int32>

    private let distances: Buffer<Double>?
    private let durations: Buffer<Double>?

    init(_ problem: Problem) throws(ProblemError) {
        try problem.validate()
        self.problem = problem
        let draft = ModelDraft(problem)
        let table = draft.table()
        distances = table.map { Buffer($0.distances) }
        durations = table?.durations.map { Buffer($0) }
        metric = draft.metric(distances: distances, durations: durations)
        features = draft.features
        stopCount = problem.stops.count
        days = problem.days
        original = draft.original
        renumbered = draft.renumbered
        mandatoryPrice = draft.mandatoryPrice()
        let rules = draft.stopRules()
        stops = Buffer(rules.records)
        windows = Buffer(rules.windows)
        patterns = Buffer(rules.patterns)
        allowed = Buffer(rules.allowed)
        allowedWords = draft.allowedWords
        nodes = draft.nodes()
        let fleet = draft.fleet()
        slots = fleet.slots
        slotsOfKind = fleet.slotsOfKind
        kindsOfDay = fleet.kindsOfDay
        extraSlack = draft.extraSlack(fleet.slots)
        extraDemand = Buffer(draft.extraDemand())
        ranks = Buffer(draft.ranks())
        groups = Buffer(draft.groups)
        groupCount = 1 + Int(draft.groups.max() ?? 0)
        formerVehicle = Buffer(draft.formerVehicles())
        depotDistances = Buffer(draft.depotDistances())
        neighbourCount = draft.neighbourCount
        neighbours = Buffer(draft.neighbours(table: table, metric: metric, nodes: nodes))
    }
}

// SAFETY: nothing in it changes after init; its buffers are only read.
extension Model: @unchecked Sendable {}

/// A stop near another one.
struct Neighbour {
    /// The stop in the lower bits, in the two above whether it may come just before the other, and just after it.
    private let bits: UInt32
    /// Single precision does for telling what is not worth a closer look.
    let distance: Float

    private static let precedesBit: UInt32 = 1 << 30
    private static let followsBit: UInt32 = 1 << 31

    init(stop: Int32, distance: Float, precedes: Bool, follows: Bool) {
        bits = UInt32(stop) | (precedes ? Self.precedesBit : 0) | (follows ? Self.followsBit : 0)
        self.distance = distance
    }

    @inline(__always) var stop: Int32 { Int32(bits & (Self.precedesBit - 1)) }
    /// Whether time lets the stop be visited just before the one whose neighbour it is; and just after it.
    @inline(__always) var precedes: Bool { bits & Self.precedesBit != 0 }
    @inline(__always) var follows: Bool { bits & Self.followsBit != 0 }
}

/// What a problem asks for beyond one capacity and a limit on duration. Each costs time in the inner loops, so that each is
/// looked at only where it is used.
struct Features {
    /// In `formerVehicle`: nothing is charged whoever visits; the price is charged whoever visits.
    static let noChurn: Int32 = -1
    static let alwaysChurn: Int32 = -2

    /// Time windows, or travel times of their own: routes need the records in `TimeSpan`.
    var isTimed = false
    var extraCount = 0
    var hasRules = false
    var hasPins = false
    /// Some visits are pinned to come after a number of others; see `Model.ranks`.
    var hasRanks = false
    /// All visits of a stop must be made by vehicles of one group.
    var isConsistent = false
    var churnPrice = 0.0
    var balance: Balance?
    var hasDurationCost = false
    /// The least price of a unit of distance.
    var leastRate = 1.0
    /// Some stop may be left out at a price.
    var hasPrizes = false

    /// Whether a route's cost depends on its duration, or on the sum of a vehicle's work.
    var hasWorkCost: Bool { hasDurationCost || balance != nil }

    /// One capacity, distance, and at most a limit on duration without windows.
    var isPlain: Bool {
        !isTimed && extraCount == 0 && !hasRules && !hasPins && churnPrice == 0 && !hasWorkCost
    }
}
