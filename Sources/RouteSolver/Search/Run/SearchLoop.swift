/// The loop of ruin, recreate, descend and accept.
struct SearchLoop {
    let model: Model
    let clockwork: Clockwork
    /// Asked a few thousand times a second.
    let shouldStop: () -> Bool
    var annealing: Annealing
    private(set) var iterations = 0
    private var shape = Worker.RuinShape()
    private let descends: Bool
    /// Iterations since the price was adapted whose solution served all that must be.
    private var completeCount = 0
    private let leastPrice: Double
    private let leastTemperature: Double
    /// Of one day; more than one where vehicles differ.
    private let mostKinds: Int
    private var hasKinds: Bool { mostKinds > 1 }

    /// One iteration in so many may put a stop in at a loss, and so open a route that others make worth it.
    private static let openingStride = 8

    /// With windows, one iteration in so many takes a whole route out.
    private static let routeStride = 100

    /// Where few stops are served, one iteration in so many makes routes from all that are not; it costs as much as some fifty.
    private static let harvestStride = 100

    /// Iterations between two looks at the clock.
    private static let stride = 32

    init(_ model: Model, _ clockwork: Clockwork, _ annealing: Annealing, shouldStop: @escaping () -> Bool) {
        self.model = model
        self.clockwork = clockwork
        self.annealing = annealing
        self.shouldStop = shouldStop
        leastPrice = annealing.temperature
        leastTemperature = annealing.end
        mostKinds = model.kindsOfDay.map(\.count).max() ?? 0
        descends = Worker.canDescend(model)
    }

    /// Improves a worker's part until so much of the run is spent.
    ///
    /// - Parameters:
    ///   - seeds: the stops of the worker's part.
    ///   - best: where every new best solution is kept; nil: nowhere.
    ///   - report: called now and then, with the part of the run that is over.
    mutating func run(
        _ worker: inout Worker, _ seeds: inout SeedWindow, best: inout BestRecord?, until end: Double,
        report: (borrowing BestRecord?, Double, Int) -> Void
    ) {
        shape.averageCount = worker.averageCount
        var isBestAhead = false
        while true {
            if iterations % Self.stride == 0 || iterations == clockwork.iterationLimit {
                let spent = clockwork.spent(iterations: iterations)
                if spent >= end || shouldStop() { break }
                annealing.end = worker.servesFew ? leastTemperature / 2 : leastTemperature
                annealing.cool(spent: spent)
                if iterations % 1_024 == 0 {
                    adaptPrice(&worker)
                    worker.ends.rebuild(worker.tours, owner: worker.owner)
                }
                if iterations % 4_096 == 0 { report(best, spent, iterations) }
            }
            iterations += 1
            if isBestAhead {
                best?.record(&worker)
                isBestAhead = false
            }
            iterate(&worker, seed: seeds.seed(worker.tours, &worker.random))
            if worker.unservedMandatory == 0 { completeCount += 1 }
            if worker.change < annealing.allowance(&worker.random), worker.keepsTime {
                isBestAhead =
                    best?.isWorse(than: worker.plainCost, unservedMandatory: worker.unservedMandatory) ?? false
            } else {
                worker.undo()
            }
        }
        if isBestAhead { best?.record(&worker) }
    }

    /// Keeps about nine in ten of the solutions on the way free of stops that are left out (as Vidal et al. 2012 keep penalties).
    private mutating func adaptPrice(_ worker: inout Worker) {
        let part = Double(completeCount) / 1_024
        completeCount = 0
        if part < 0.8 {
            worker.reprice(min(worker.mandatoryPrice * 1.2, model.mandatoryPrice))
        } else if part > 0.95 {
            worker.reprice(max(worker.mandatoryPrice * 0.85, leastPrice))
        }
    }

    private func iterate(_ worker: inout Worker, seed: Int) {
        worker.begin()
        if worker.servesFew, worker.random.below(Self.harvestStride) == 0 {
            worker.harvest(round: seed, shape)
        } else {
            ruinAndRecreate(&worker, seed: seed)
        }
        if descends {
            worker.queueTouched()
            worker.descend()
        }
    }

    private func ruinAndRecreate(_ worker: inout Worker, seed: Int) {
        worker.opening = opening(&worker)
        let isOpening = worker.opening.leastShare != nil
        worker.takeNearbyFromBank(seed, breadth: isOpening ? .max : 20)
        // Visits for another vehicle come from a route that has one, and from those round it.
        let takesRoute = isOpening && hasKinds || model.features.isTimed && worker.random.below(Self.routeStride) == 0
        if takesRoute { worker.ruinRoute(round: seed) }
        if isOpening || !takesRoute { worker.ruin(round: seed, shape) }
        if model.features.hasPrizes {
            // What one stop alone does not pay for would never come again.
            if worker.hasEmptied { worker.opening = Opening(kind: worker.opening.kind, leastShare: leastShare) }
            worker.lossesLeft = worker.random.below(Self.openingStride) == 0 ? 1 : 0
        }
        worker.recreate()
    }

    /// Now and then a route of a random kind opens at a share of its cost, where vehicles differ or prizes are to be won.
    private func opening(_ worker: inout Worker) -> Opening {
        guard hasKinds || model.features.hasPrizes && !worker.servesFew,
            worker.random.below(Self.openingStride) == 0
        else { return .any }
        return Opening(kind: worker.random.below(max(1, mostKinds)), leastShare: leastShare)
    }

    /// A stop's share of a route.
    private var leastShare: Double { 1 / max(1, shape.averageCount) }
}
