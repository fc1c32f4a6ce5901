import Foundation

/// For how long what ended is kept.
package struct RetentionPeriods: Sendable, Equatable {
    /// Error reports of ended sessions and files of merged ones, days.
    package var uploadDays = 30
    /// What the stages of an ended session staged, and the files of one that was not merged, minutes.
    package var stagedMinutes = 10
    /// Marks of jobs that had their effect, days.
    package var markDays = 30
    /// History of the catalog's rows, days: for so long an import can be undone.
    package var historyDays = 90
    /// The last event of an ended session, days.
    package var eventDays = 30
    /// Answers of geocoders, days: for so long an address is not asked again.
    package var geocodeDays = 30

    package init() {}

    static func days(_ days: Int) -> TimeInterval { TimeInterval(days) * 86_400 }
}
