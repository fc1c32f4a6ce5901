import Dispatch

/// One solution searched by several workers at once, each in its own region (after Accorsi and Vigo 2025, "FILO2x", arXiv
/// 2511.19445): for a while every worker owns a set of routes and moves stops only among them, then the regions are drawn anew.
///
/// For one-day problems with many stops. Nodes and slots belong to exactly one worker, and no worker reads what another
/// may write but for who owns it, which stays as it is while they work.
struct SharedRun {
    private var first: SearchRun
    private var workers: [Worker]
    private var loops: [SearchLoop]
    private var epoch = 0
    private(set) var iterations = 0

    /// The part of a run after which regions are drawn anew, and the most seconds.
    private static let epochPart = 0.01

    init(_ run: SearchRun, loops: [SearchLoop], seed: UInt64) {
        first = run
        self.loops = loops
        workers = loops.indices.map { index in
            Worker(run.state, owner: Int16(index), random: Random(seed: seed &+ 1_000 * UInt64(index + 1)))
        }
    }

    /// Searches until the time is over.
    mutating func improve(
        _ clockwork: Clockwork, shouldStop: () -> Bool, report: (borrowing BestRecord?, Double, Int) -> Void
    ) -> BestRecord? {
        while !shouldStop() {
            let spent = clockwork.spent(iterations: iterations)
            guard spent < 1 else { break }
            let regions = Partition(epoch: epoch, parts: workers.count).divide(first.state, bank: first.worker)
            for index in workers.indices { workers[index].take(regions[index]) }
            work(regions, until: min(1, spent + Self.epochPart))
            gather()
            report(first.best, clockwork.spent(iterations: iterations), iterations)
            epoch += 1
        }
        return first.best
    }

    private mutating func work(_ regions: [Partition.Region], until end: Double) {
        // SAFETY: every index is worked on by one thread, and read again only after all are done.
        nonisolated(unsafe) let workers = UnsafeMutablePointer<Worker>.allocate(capacity: self.workers.count)
        nonisolated(unsafe) let loops = UnsafeMutablePointer<SearchLoop>.allocate(capacity: self.loops.count)
        workers.initialize(from: self.workers, count: self.workers.count)
        loops.initialize(from: self.loops, count: self.loops.count)
        defer {
            workers.deinitialize(count: self.workers.count)
            loops.deinitialize(count: self.loops.count)
            workers.deallocate()
            loops.deallocate()
        }
        DispatchQueue.concurrentPerform(iterations: self.workers.count) { index in
            guard !regions[index].stops.isEmpty else { return }
            // A region is drawn anew long before its stretch has come round.
            let first = workers[index].random.below(regions[index].stops.count)
            var seeds = SeedWindow(stops: regions[index].stops, first: first)
            var none: BestRecord?
            loops[index].run(&workers[index], &seeds, best: &none, until: end) { _, _, _ in }
        }
        for index in self.workers.indices {
            self.workers[index] = workers[index]
            self.loops[index] = loops[index]
        }
        iterations = self.loops.map(\.iterations).reduce(0, +)
    }

    /// Brings the workers' parts together.
    private mutating func gather() {
        first.worker.emptyBank()
        for index in workers.indices {
            for stop in workers[index].unserved { first.worker.enterBank(stop) }
            workers[index].emptyBank()
            workers[index].forgetChanges()
        }
        first.recordWhole()
    }
}
