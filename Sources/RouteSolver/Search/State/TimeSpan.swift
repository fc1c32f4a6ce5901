/// A sequence of visits in time: how long it takes at least, and between which starts it takes no longer.
///
/// Two of them joined give the third in constant time (Vidal, Crainic, Gendreau and Prins 2013, "A hybrid genetic algorithm
/// with adaptive diversity management for a large class of vehicle routing problems with time-windows").
struct TimeSpan {
    /// With the waiting that cannot be avoided.
    var duration: Double
    /// Starting before this only adds waiting.
    var earliest: Double
    /// Starting after this breaks a window; starting up to this breaks none.
    var latest: Double

    /// Joined with what follows after `travel`; nil when the first cannot be over early enough.
    @inline(__always)
    func joined(_ next: TimeSpan, travel: Double) -> TimeSpan? {
        let shift = duration + travel
        guard earliest + shift <= next.latest + TimeSpan.tolerance else { return nil }
        let wait = max(next.earliest - shift - latest, 0)
        return TimeSpan(
            duration: shift + wait + next.duration,
            earliest: max(next.earliest - shift, earliest) - wait,
            latest: min(next.latest - shift, latest))
    }

    /// What rounding may take away from a limit.
    static let tolerance = 1e-7
}
