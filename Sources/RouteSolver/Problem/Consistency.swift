/// What all visits of a stop have in common, on whichever days they fall (Groër, Golden and Wasil 2009, "The consistent
/// vehicle routing problem").
package enum Consistency: Sendable {
    /// One vehicle makes them all.
    case vehicle
    /// They are all made from one place where routes begin, as the periodic problem with several depots asks for.
    case start
}

extension Problem {
    /// For each vehicle the group that it belongs to, counted from 0: a stop's visits stay within one. Nil where nothing asks
    /// for that, or all vehicles are in the same one.
    var groupsOfVehicles: [Int32]? {
        let groups: [Int32]
        switch consistency {
        case nil: return nil
        case .vehicle: groups = vehicles.indices.map { Int32($0) }
        case .start:
            var group: [Int: Int32] = [:]
            for vehicle in vehicles where group[vehicle.start] == nil { group[vehicle.start] = Int32(group.count) }
            groups = vehicles.map { group[$0.start] ?? 0 }
        }
        return days > 1 && groups.contains { $0 > 0 } ? groups : nil
    }
}
