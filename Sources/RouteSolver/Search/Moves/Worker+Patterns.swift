/// Stops with several visits, or with a choice of days.
extension Worker {
    /// Offers the stop to each day, and takes the pattern whose days cost least together (Vidal et al. 2012, "A hybrid
    /// genetic algorithm for multidepot and periodic vehicle routing problems"); where its visits must keep to one group of
    /// vehicles, the group and the pattern.
    ///
    /// - Returns: whether it found a place for all of them.
    mutating func placeByPattern(
        _ stop: Int, _ record: StopRecord, limit: Double, blinks: inout Blinks
    ) -> Bool {
        let patterns = tours.patterns + Int(record.firstPattern)
        var wanted: UInt64 = 0
        for index in 0..<Int(record.patternCount) { wanted |= patterns[index] }
        collectOffers(stop, days: wanted, blinks: &blinks)
        var (best, chosen, group) = (limit, UInt64(0), 0)
        chooseOffers(record, &best, &chosen, &group)
        if chosen == 0, tours.features.isConsistent, canLookEverywhere, !tours.isRanked(stop) {
            for day in 0..<model.days where wanted & (1 << UInt64(day)) != 0 {
                tours.widestInsertions(
                    day * tours.stopCount + stop, slots: slots(of: day), owner: owner,
                    offers: offers + day * model.groupCount)
            }
            chooseOffers(record, &best, &chosen, &group)
        }
        guard chosen != 0 else { return false }
        if !record.isMandatory, best >= record.price { lossesLeft -= 1 }
        cost -= price(record)
        while chosen != 0 {
            let day = chosen.trailingZeroBitCount
            insert(day * tours.stopCount + stop, offers[day * model.groupCount + group])
            chosen &= chosen - 1
        }
        return true
    }

    /// What a visit on each of the days would cost; in rows of days, one offer for each group.
    private func collectOffers(_ stop: Int, days: UInt64, blinks: inout Blinks) {
        for day in 0..<model.days where days & (1 << UInt64(day)) != 0 {
            let node = day * tours.stopCount + stop
            let kinds = model.kindsOfDay[day]
            let row = offers + day * model.groupCount
            for group in 0..<model.groupCount { row[group] = .none }
            if tours.isRanked(node) {
                tours.rankedInsertions(
                    node, kinds: kinds, slots: slots(of: day), owner: owner, blinks: &blinks, offers: row)
                continue
            }
            if tours.features.isConsistent {
                tours.cheapestInsertions(
                    node, day: day, kinds: kinds, owner: owner, ends: ends, opening: opening, blinks: &blinks,
                    offers: row)
                continue
            }
            offers[day] = tours.cheapestInsertion(
                node, day: day, kinds: kinds, owner: owner, limit: .infinity, ends: ends, opening: opening,
                blinks: &blinks)
            if !offers[day].isPossible, canLookEverywhere {
                offers[day] = tours.widestInsertion(node, slots: slots(of: day), owner: owner, limit: .infinity)
            }
        }
    }

    /// Takes the group and the pattern that are cheaper than the best so far.
    private func chooseOffers(_ record: StopRecord, _ best: inout Double, _ chosen: inout UInt64, _ group: inout Int) {
        let patterns = tours.patterns + Int(record.firstPattern)
        for candidate in 0..<model.groupCount {
            for index in 0..<Int(record.patternCount) {
                var sum = 0.0
                var left = patterns[index]
                while left != 0 {
                    sum += offers[left.trailingZeroBitCount * model.groupCount + candidate].cost
                    left &= left - 1
                }
                if sum < best { (best, chosen, group) = (sum, patterns[index], candidate) }
            }
        }
    }
}
