/// The memory of one solution under search.
final class SearchState {
    let model: Model
    let nodes: Buffer<Node>
    let slots: Buffer<RouteSlot>
    private let extraSlack: Buffer<Double>
    private let rankedCount: Buffer<Int32>
    private let before: Buffer<TimeSpan>
    private let after: Buffer<TimeSpan>
    private let crewWork: Buffer<Double>

    /// All routes empty.
    init(_ model: Model) {
        self.model = model
        nodes = Buffer(model.nodes)
        slots = Buffer(model.slots)
        extraSlack = Buffer(model.extraSlack)
        rankedCount = Buffer(repeating: 0, count: model.features.hasRanks ? model.slots.count : 0)
        let timedCount = model.features.isTimed ? model.nodes.count : 0
        let none = TimeSpan(duration: 0, earliest: 0, latest: 0)
        before = Buffer(repeating: none, count: timedCount)
        after = Buffer(repeating: none, count: timedCount)
        crewWork = Buffer(repeating: 0, count: model.problem.vehicles.count)
        let tours = tours(firstFree: Buffer(repeating: -1, count: model.slotsOfKind.count))
        for slot in 0..<slots.count { tours.clear(slot) }
    }

    /// The view of a worker with its own lists of unused slots; good while this and the list are alive.
    func tours(firstFree: Buffer<Int32>) -> Tours {
        Tours(
            nodes: nodes.pointer, slots: slots.pointer, extraSlack: extraSlack.pointer,
            rankedCount: rankedCount.pointer, before: before.pointer,
            after: after.pointer, crewWork: crewWork.pointer, firstFree: firstFree.pointer,
            stops: UnsafePointer(model.stops.pointer), windows: UnsafePointer(model.windows.pointer),
            patterns: UnsafePointer(model.patterns.pointer), neighbours: UnsafePointer(model.neighbours.pointer),
            extraDemand: UnsafePointer(model.extraDemand.pointer), allowed: UnsafePointer(model.allowed.pointer),
            ranks: UnsafePointer(model.ranks.pointer),
            groups: UnsafePointer(model.groups.pointer), formerVehicle: UnsafePointer(model.formerVehicle.pointer),
            metric: model.metric,
            features: model.features, neighbourCount: model.neighbourCount, allowedWords: model.allowedWords,
            stopCount: model.stopCount, endsBase: model.endsBase)
    }
}

extension Tours {
    /// Makes an unused slot's route the bare arc from its start to its end.
    func clear(_ slot: Int) {
        let (first, last) = (start(slot), end(slot))
        nodes[first].next = Int32(last)
        nodes[first].arc = distance(first, last)
        nodes[last].previous = Int32(first)
        nodes[last].arcBefore = nodes[first].arc
        nodes[first].route = Int32(slot)
        nodes[last].route = Int32(slot)
        slots[slot].distance = nodes[first].arc
        // An unused route costs nothing, and its duration is none.
        _ = refresh(slot)
    }
}
