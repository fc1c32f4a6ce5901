/// How often, and on which days, a stop is visited.
package enum VisitRule: Sendable, Equatable {
    /// On one day, whichever.
    case once
    /// On exactly the days of one of these patterns, day 0 in the lowest bit (Christofides and Beasley 1984).
    case patterns([UInt64])
    /// So often in the horizon, with at least and at most so many days from one visit to the next. The horizon repeats:
    /// the gap from its last visit to the first of the next one counts as well.
    case every(frequency: Int, minimumGap: Int, maximumGap: Int)

    /// More patterns than this are not listed; a rule that has more is thinned out evenly by its first day.
    package static let maximumPatterns = 512

    /// The patterns that the rule allows over a horizon, each as a bit set of days.
    package func patterns(days: Int) -> [UInt64] {
        switch self {
        case .once:
            return (0..<days).map { 1 << UInt64($0) }
        case .patterns(let patterns):
            return patterns
        case .every(let frequency, let minimumGap, let maximumGap):
            var found: [UInt64] = []
            for first in 0..<days {
                let room = Self.maximumPatterns * (first + 1) / days
                Self.extend(
                    1 << UInt64(first), first: first, last: first, left: frequency - 1, days: days,
                    gaps: max(1, minimumGap)...max(1, minimumGap, maximumGap), room: room, into: &found)
            }
            return found
        }
    }

    private static func extend(
        _ pattern: UInt64, first: Int, last: Int, left: Int, days: Int, gaps: ClosedRange<Int>, room: Int,
        into found: inout [UInt64]
    ) {
        guard found.count < room else { return }
        if left == 0 {
            // A single visit comes again after the whole horizon.
            if gaps.contains(first + days - last) || first == last { found.append(pattern) }
            return
        }
        for gap in gaps {
            let day = last + gap
            guard day < days else { return }
            extend(
                pattern | 1 << UInt64(day), first: first, last: day, left: left - 1, days: days, gaps: gaps,
                room: room, into: &found)
        }
    }
}
