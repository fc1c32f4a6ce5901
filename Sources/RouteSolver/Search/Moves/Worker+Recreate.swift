/// How they go in again.
extension Worker {
    /// Puts every stop that is out where it is cheapest, one after the other in an order drawn for each iteration; what
    /// finds no place, or none that is worth its prize, goes to the bank.
    mutating func recreate() {
        removeRanked()
        sortAbsent()
        for index in 0..<absent.count {
            let stop = absent[index]
            if !tours.isRanked(stop), !place(stop) { enterBank(stop) }
        }
        placeRanked()
    }

    /// Puts one stop in.
    ///
    /// - Returns: whether it found a place.
    mutating func place(_ stop: Int) -> Bool {
        let record = tours.stops[stop]
        let limit = record.isMandatory || lossesLeft > 0 ? Double.infinity : record.price
        var blinks = Blinks(&random)
        if model.days > 1 || tours.isRanked(stop) {
            return placeByPattern(stop, record, limit: limit, blinks: &blinks)
        }
        var best = tours.cheapestInsertion(
            stop, day: 0, kinds: model.kindsOfDay[0], owner: owner, limit: limit, ends: ends, opening: opening,
            looksEverywhere: servesFew, blinks: &blinks)
        if !best.isPossible, record.isMandatory, canLookEverywhere {
            best = tours.widestInsertion(stop, slots: slots(of: 0), owner: owner, limit: limit)
        }
        guard best.isPossible else { return false }
        if !record.isMandatory, best.cost >= record.price { lossesLeft -= 1 }
        cost -= price(record)
        insert(stop, best)
        // One route at a loss is enough.
        if opening.leastShare != nil, model.features.hasPrizes, tours.slots[Int(best.slot)].count == 1 {
            opening = .closed
        }
        return true
    }

    /// A look at every route is dear where there are many.
    var canLookEverywhere: Bool { tours.stopCount <= 2_000 }

    func slots(of day: Int) -> Range<Int> {
        let kinds = model.kindsOfDay[day]
        guard let last = kinds.last else { return 0..<0 }
        return model.slotsOfKind[kinds.lowerBound].lowerBound..<model.slotsOfKind[last].upperBound
    }

    // MARK: The order

    /// One order in so many is by prize, where there are prizes: which stops are worth their way is then what it is about.
    private static let prizeStride = 3

    /// Random, by demand, far from or near to the depot; with windows also by their length, beginning or end; dearest first.
    private mutating func sortAbsent() {
        let choices = tours.features.isTimed ? 17 : 11
        let isByPrize = model.features.hasPrizes && random.below(Self.prizeStride) == 0
        let draw = isByPrize ? choices : random.below(choices)
        for index in 0..<absent.count {
            let stop = absent[index]
            keys[index] =
                switch draw {
                case choices: -price(tours.stops[stop])
                case 0..<4: random.unit()
                case 4..<8: -tours.stops[stop].demand
                case 8..<10: -model.depotDistances.pointer[stop]
                case 10: model.depotDistances.pointer[stop]
                case 11..<13: width(stop)
                case 13..<15: tours.visit(stop, window: 0).earliest
                default: -tours.visit(stop, window: 0).latest
                }
        }
        absent.sort(by: keys)
    }

    private func width(_ stop: Int) -> Double {
        let span = tours.visit(stop, window: 0)
        return span.latest - span.earliest
    }
}
