/// Costs computed afresh from the routes, for starts and for checks of what was kept up to date.
enum Pricing {
    /// The cost of all routes and of the balance between vehicles; unserved stops aside.
    static func cost(_ tours: Tours, _ model: Model) -> Double {
        var cost = 0.0
        var work = [Double](repeating: 0, count: model.problem.vehicles.count)
        for slot in model.slots.indices where tours.slots[slot].count > 0 {
            cost += routeCost(tours, slot)
            if let balance = model.features.balance {
                work[Int(tours.slots[slot].crew)] += tours.work(slot, balance.measure)
            }
        }
        if let balance = model.features.balance { for work in work { cost += balance.price(work) } }
        return cost
    }

    private static func routeCost(_ tours: Tours, _ slot: Int) -> Double {
        var node = tours.start(slot)
        var distance = 0.0
        var assignment = 0.0
        while node != tours.end(slot) {
            let next = Int(tours.nodes[node].next)
            distance += tours.distance(node, next)
            if tours.isVisit(next) { assignment += tours.assignmentCost(next, slot) }
            node = next
        }
        let record = tours.slots[slot]
        return record.fixedCost + record.costPerDistance * distance + record.costPerDuration * record.duration
            + assignment
    }
}
