/// Which vehicle drives a route, where they differ.
extension Worker {
    /// Gives routes that this iteration touched to vehicles that drive them more cheaply: unused ones, or each other's.
    mutating func exchangeVehicles() {
        guard model.kindsOfDay[0].count > 1, !tours.features.isTimed else { return }
        for index in 0..<touched.count {
            let slot = touched[index]
            guard tours.slots[slot].count > 0 else { continue }
            if let other = cheaperSlot(slot) { exchangeTails(tours.start(slot), tours.start(other)) } else { continue }
            settle(slot)
            if let other = lastExchanged(with: slot) { settle(other) }
        }
    }

    private func lastExchanged(with slot: Int) -> Int? {
        guard case .tails(_, let b) = steps.last else { return nil }
        return tours.slot(Int(b))
    }

    /// The slot with which exchanging all visits saves most.
    private func cheaperSlot(_ slot: Int) -> Int? {
        var best: (slot: Int, gain: Double)?
        func offer(_ other: Int) {
            guard !tours.keepsApart(slot, other) else { return }
            let gain = gain(slot, other)
            if gain > best?.gain ?? 1e-6 { best = (other, gain) }
        }
        let kind = Int(tours.slots[slot].kind)
        for other in model.kindsOfDay[Int(tours.slots[slot].day)] where other != kind && tours.firstFree[other] >= 0 {
            offer(Int(tours.firstFree[other]))
        }
        for index in 0..<touched.count {
            let other = touched[index]
            if tours.slots[other].kind != tours.slots[slot].kind, tours.slots[other].day == tours.slots[slot].day {
                offer(other)
            }
        }
        return best?.slot
    }

    /// What two vehicles save by driving each other's routes; less than nothing where one cannot.
    private func gain(_ a: Int, _ b: Int) -> Double {
        guard let there = price(of: a, by: b), let here = price(of: b, by: a), let nowA = price(of: a, by: a),
            let nowB = price(of: b, by: b)
        else { return -.infinity }
        return nowA + nowB - there - here
    }

    /// What one vehicle's visits cost when another drives them; nil where it cannot.
    private func price(of route: Int, by driver: Int) -> Double? {
        let (visits, vehicle) = (tours.slots[route], tours.slots[driver])
        guard visits.count > 0 else { return 0 }
        let (start, end) = (tours.start(route), tours.end(route))
        let (first, last) = (tours.next(start), tours.previous(end))
        let length =
            visits.distance - tours.nodes[start].arc - tours.nodes[end].arcBefore
            + tours.distance(tours.start(driver), first) + tours.distance(last, tours.end(driver))
        let isPossible =
            visits.capacity - visits.slack <= vehicle.capacity
            && length * vehicle.timePerDistance + visits.service <= vehicle.maximumDuration + TimeSpan.tolerance
        return isPossible ? vehicle.fixedCost + vehicle.costPerDistance * length : nil
    }
}
