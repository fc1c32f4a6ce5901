package import Foundation

/// The instants by which a session's speed and standstill are told.
package struct SessionPace: Sendable, Equatable {
    /// When anything of the session last changed.
    package var changedAt: Date
    /// When the stage began that it is in.
    package var stageBegan: Date

    package init(changedAt: Date, stageBegan: Date) {
        self.changedAt = changedAt
        self.stageBegan = stageBegan
    }
}

extension SessionPace {
    /// Seconds since the stage began.
    package func stageSeconds(at now: Date) -> Double { max(0, now.timeIntervalSince(stageBegan)) }

    /// Seconds since anything changed.
    package func unchangedSeconds(at now: Date) -> Double { max(0, now.timeIntervalSince(changedAt)) }
}
