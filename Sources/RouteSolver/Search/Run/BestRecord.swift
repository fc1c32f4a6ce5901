/// The best solution found so far, kept as the successor of every node and brought up to date by what changed since.
struct BestRecord {
    private(set) var cost = Double.infinity
    private(set) var unservedMandatory = Int.max
    private var next: [Int32] = []
    private var window: [UInt8] = []

    /// Whether a solution is to be kept instead: fewer stops left out that must be served, or a lower cost.
    func isWorse(than cost: Double, unservedMandatory: Int) -> Bool {
        (unservedMandatory, cost) < (self.unservedMandatory, self.cost - 1e-9 * abs(cost))
    }

    /// Takes a solution over as a whole.
    mutating func record(_ tours: Tours, nodeCount: Int, cost: Double, unservedMandatory: Int) {
        next = (0..<nodeCount).map { tours.nodes[$0].next }
        window = (0..<nodeCount).map { tours.nodes[$0].window }
        self.cost = cost
        self.unservedMandatory = unservedMandatory
    }

    /// Takes over what a worker changed since it was last asked.
    mutating func record(_ worker: inout Worker) {
        let nodes = worker.tours.nodes
        next.withUnsafeMutableBufferPointer { next in
            for index in 0..<worker.changed.count {
                let node = worker.changed[index]
                next[node] = nodes[node].next
            }
        }
        window.withUnsafeMutableBufferPointer { window in
            for index in 0..<worker.changed.count {
                let node = worker.changed[index]
                window[node] = nodes[node].window
            }
        }
        worker.forgetChanges()
        // Comparable whatever the price of stops that must be served is now.
        cost = worker.plainCost
        unservedMandatory = worker.unservedMandatory
    }

    /// The solution in the problem's own numbers.
    func plan(_ model: Model) -> Plan {
        var routes: [Plan.Route] = []
        for slot in model.slots.indices {
            let stops = visits(ofSlot: slot, model).map { model.original[Int(model.nodes[$0].stop)] }
            guard !stops.isEmpty else { continue }
            routes.append(
                Plan.Route(vehicle: Int(model.slots[slot].vehicle), day: Int(model.slots[slot].day), stops: stops))
        }
        return Plan(routes: routes)
    }

    /// The nodes between the ends of a route.
    func visits(ofSlot slot: Int, _ model: Model) -> [Int] {
        var visits: [Int] = []
        let end = model.endsBase + 2 * slot + 1
        var node = Int(next[end - 1])
        while node != end {
            visits.append(node)
            node = Int(next[node])
        }
        return visits
    }

    func window(of node: Int) -> UInt8 { window[node] }
}
