/// One solution under search by one worker.
struct SearchRun {
    let state: SearchState
    var worker: Worker
    var best: BestRecord?

    init(_ model: Model, seed: UInt64) {
        state = SearchState(model)
        worker = Worker(state, owner: 0, random: Random(seed: seed))
        for slot in stride(from: model.slots.count - 1, through: 0, by: -1) { worker.tours.putFree(slot) }
        for stop in 0..<model.stopCount { worker.enterBank(stop) }
        best = BestRecord()
    }

    /// Builds a first solution: the plan to start from, where there is one, or savings; insertions for what is left.
    mutating func construct(from start: Plan?) {
        let model = state.model
        if let start {
            worker.adopt(start)
        } else if Savings.suits(model) {
            var savings = Savings(state)
            let routes = savings.routes().sorted { $0.count > $1.count }
            for (stops, slot) in zip(routes, model.slotsOfKind[0]) { worker.fill(slot, stops) }
        }
        worker.begin()
        worker.takeAllFromBank()
        if start == nil, model.features.hasPrizes { worker.lossesLeft = model.stopCount }
        worker.recreate()
        if Worker.canDescend(model) {
            worker.begin()
            worker.queueAll()
            worker.descend()
            if !worker.keepsTime { worker.undo() }
        }
        recordWhole()
    }

    /// Prices the solution afresh, and keeps it where it is the best.
    mutating func recordWhole() {
        worker.cost = Pricing.cost(worker.tours, state.model) + worker.bankPrice
        if best?.isWorse(than: worker.plainCost, unservedMandatory: worker.unservedMandatory) ?? false {
            best?.record(
                worker.tours, nodeCount: state.nodes.count, cost: worker.plainCost,
                unservedMandatory: worker.unservedMandatory)
        }
        worker.forgetChanges()
    }
}
