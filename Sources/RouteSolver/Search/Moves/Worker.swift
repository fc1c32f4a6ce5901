/// Takes a few stops out and puts them back better, over and over: Slack Induction by String Removals (Christiaens and
/// Vanden Berghe 2020, "Slack induction by string removals for vehicle routing problems"), with insertions only
/// beside neighbours, and undone by a log instead of copies, so that an iteration costs the same however large the problem is.
struct Worker {
    let tours: Tours
    let model: Model
    let owner: Int16
    private let scratch: Scratch
    /// Arcs at depots, for insertions.
    let ends: RouteEnds
    var random: Random

    /// Of this worker's part of the solution, prices of unserved stops included.
    var cost = 0.0
    /// Stops that are out and may go in.
    var absent: IndexList
    /// Stops that no route serves.
    private(set) var bank: IndexList
    private(set) var inserted: IndexList
    private(set) var removalCount = 0
    private(set) var touched: IndexList
    private var iteration: UInt32 = 0
    private var costBefore = 0.0
    /// Nodes whose successor is not what the best record has.
    private(set) var changed: IndexList
    /// Stops that were unserved while all were mandatory.
    private(set) var unservedMandatory = 0
    /// How many stops may yet go in for more than their prize: the first of many that fill a route together is never worth
    /// it alone.
    var lossesLeft = 0
    /// Which unused routes this iteration may open.
    var opening = Opening.any
    /// What each of them costs; high enough that most solutions serve all, low enough to leave a few out on the way.
    private(set) var mandatoryPrice: Double

    /// Nodes that have, or had for a while, other neighbours than before the iteration.
    private(set) var witnessed: IndexList
    /// Nodes whose moves a descent has yet to look at.
    var queue: IndexList
    /// What a descent changed in this iteration.
    var steps: [Step] = []

    // SAFETY: point into `scratch`, which this value holds.
    let removals: UnsafeMutablePointer<Removal>
    let offers: UnsafeMutablePointer<Insertion>
    let keys: UnsafeMutablePointer<Double>
    private let bankIndex: UnsafeMutablePointer<Int32>
    /// The iteration that last took each stop from the bank.
    private let takenIn: UnsafeMutablePointer<UInt32>
    private let slotStamp: UnsafeMutablePointer<UInt32>
    private let isChanged: UnsafeMutablePointer<Bool>
    let isQueued: UnsafeMutablePointer<UInt8>
    let neighbours: UnsafeMutablePointer<FormerNeighbours>
    /// What each node's route has up to it, where `isProfiled` says so of the slot.
    let profiles: UnsafeMutablePointer<Profile>
    let isProfiled: UnsafeMutablePointer<Bool>

    init(_ state: SearchState, owner: Int16, random: Random) {
        model = state.model
        scratch = Scratch(state.model)
        ends = RouteEnds(state.model)
        mandatoryPrice = state.model.mandatoryPrice
        tours = state.tours(firstFree: scratch.firstFree)
        self.owner = owner
        self.random = random
        absent = IndexList(scratch.absent)
        bank = IndexList(scratch.bank)
        inserted = IndexList(scratch.inserted)
        touched = IndexList(scratch.touched)
        changed = IndexList(scratch.changed)
        removals = scratch.removals.pointer
        offers = scratch.offers.pointer
        keys = scratch.keys.pointer
        bankIndex = scratch.bankIndex.pointer
        takenIn = scratch.takenIn.pointer
        slotStamp = scratch.slotStamp.pointer
        isChanged = scratch.isChanged.pointer
        queue = IndexList(scratch.queue)
        witnessed = IndexList(scratch.witnessed)
        neighbours = scratch.neighbours.pointer
        isQueued = scratch.isQueued.pointer
        profiles = scratch.profiles.pointer
        isProfiled = scratch.isProfiled.pointer
    }

    // MARK: An iteration's log

    /// Begins an iteration.
    mutating func begin() {
        iteration &+= 1
        costBefore = cost
        absent.removeAll()
        inserted.removeAll()
        touched.removeAll()
        opening = .any
        lossesLeft = 0
        removalCount = 0
        witnessed.removeAll()
        steps.removeAll(keepingCapacity: true)
    }

    /// How much dearer the solution became in this iteration.
    var change: Double { cost - costBefore }

    /// Whether this iteration has changed the slot.
    @inline(__always)
    func isTouched(_ slot: Int) -> Bool { slotStamp[slot] == iteration }

    @inline(__always)
    mutating func touch(_ slot: Int) {
        isProfiled[slot] = false
        if slotStamp[slot] != iteration {
            slotStamp[slot] = iteration
            touched.append(slot)
            ends.list(slot)
        }
    }

    /// Remembers what a node stands between before this iteration changes it.
    @inline(__always)
    private mutating func witness(_ node: Int) {
        guard neighbours[node].iteration != iteration else { return }
        neighbours[node] = FormerNeighbours(
            previous: tours.nodes[node].previous, next: tours.nodes[node].next, iteration: iteration)
        witnessed.append(node)
    }

    /// Takes all visits of a stop out.
    @inline(__always)
    mutating func remove(_ stop: Int) {
        var node = stop
        while node < tours.endsBase {
            let slot = Int(tours.nodes[node].route)
            if slot >= 0 {
                let previous = Int(tours.nodes[node].previous)
                removals[removalCount] = Removal(
                    node: Int32(truncatingIfNeeded: node), previous: Int32(truncatingIfNeeded: previous),
                    slot: Int32(truncatingIfNeeded: slot), window: tours.nodes[node].window)
                removalCount += 1
                touch(slot)
                markChanged(previous)
                witness(previous)
                witness(node)
                witness(tours.next(node))
                cost -= tours.unlink(node)
            }
            node += tours.stopCount
        }
        cost += price(tours.stops[stop])
        absent.append(stop)
    }

    /// What the stop costs while it is not served.
    @inline(__always)
    func price(_ stop: StopRecord) -> Double { stop.isMandatory ? mandatoryPrice : stop.price }

    /// Has an unserved stop tried again in this iteration, in which it was not served before.
    mutating func takeFromBank(_ stop: Int) {
        leaveBank(stop)
        absent.append(stop)
        takenIn[stop] = iteration
    }

    /// Puts one visit in; its stop's price is the caller's affair.
    @inline(__always)
    mutating func insert(_ node: Int, _ place: Insertion) {
        tours.nodes[node].window = place.window
        let (previous, slot) = (Int(place.previous), Int(place.slot))
        witness(previous)
        witness(node)
        witness(tours.next(previous))
        cost += tours.link(node, after: previous, slot: slot)
        touch(slot)
        markChanged(previous)
        markChanged(node)
        inserted.append(node)
        if tours.needsRefresh { cost += tours.refresh(slot) }
    }

    /// Brings all routes that lost visits up to date.
    @inline(__always)
    mutating func refreshTouched() {
        guard tours.needsRefresh else { return }
        for index in 0..<touched.count { cost += tours.refresh(touched[index]) }
    }

    /// Whether every route that this iteration touched keeps its limits of time.
    var keepsTime: Bool {
        for index in 0..<touched.count where !tours.keepsTime(touched[index]) { return false }
        return true
    }

    /// Makes everything as it was when the iteration began.
    mutating func undo() {
        undoSteps()
        for index in 0..<touched.count { isProfiled[touched[index]] = false }
        for index in stride(from: inserted.count - 1, through: 0, by: -1) { _ = tours.unlink(inserted[index]) }
        for index in stride(from: removalCount - 1, through: 0, by: -1) {
            let removal = removals[index]
            tours.nodes[Int(removal.node)].window = removal.window
            _ = tours.link(Int(removal.node), after: Int(removal.previous), slot: Int(removal.slot))
        }
        for index in 0..<absent.count {
            let stop = absent[index]
            let wasUnserved = takenIn[stop] == iteration
            if wasUnserved != (bankIndex[stop] >= 0) { wasUnserved ? enterBank(stop) : leaveBank(stop) }
        }
        refreshTouched()
        cost = costBefore
    }

    // MARK: Unserved stops

    @inline(__always)
    func isUnserved(_ stop: Int) -> Bool { bankIndex[stop] >= 0 }

    mutating func enterBank(_ stop: Int) {
        bankIndex[stop] = Int32(truncatingIfNeeded: bank.count)
        bank.append(stop)
        if tours.stops[stop].isMandatory { unservedMandatory += 1 }
    }

    private mutating func leaveBank(_ stop: Int) {
        let index = Int(bankIndex[stop])
        bank.removeSwapping(at: index)
        if index < bank.count { bankIndex[bank[index]] = Int32(truncatingIfNeeded: index) }
        bankIndex[stop] = -1
        if tours.stops[stop].isMandatory { unservedMandatory -= 1 }
    }

    /// Changes the price of stops that must be served.
    mutating func reprice(_ price: Double) {
        cost += Double(unservedMandatory) * (price - mandatoryPrice)
        mandatoryPrice = price
    }

    mutating func emptyBank() {
        while bank.count > 0 { leaveBank(bank[0]) }
    }

    // MARK: What the best record lacks

    @inline(__always)
    mutating func markChanged(_ node: Int) {
        guard !isChanged[node] else { return }
        isChanged[node] = true
        changed.append(node)
    }

    mutating func forgetChanges() {
        for index in 0..<changed.count { isChanged[changed[index]] = false }
        changed.removeAll()
    }
}
