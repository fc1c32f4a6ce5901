package import Domain

/// How far running stages are between two commits of the catalog: for whoever looks, never for a decision. Losing it
/// costs a finer progress bar and nothing else.
package protocol ImportHotState: Sendable {
    /// Says that a stage of a session has done so much; less than was said before is ignored.
    func advance(_ stage: ImportStage, ofSession id: String, to done: Int64, of total: Int64) async

    /// What was said last, by stage.
    func stages(ofSession id: String) async -> [ImportStage: Advance]
}

/// How far a stage is.
package struct Advance: Sendable, Equatable {
    package var done: Int64
    package var total: Int64
    /// Since the stage was first heard of; nil before it was heard of twice.
    package var perSecond: Double?

    package init(done: Int64, total: Int64, perSecond: Double? = nil) {
        self.done = done
        self.total = total
        self.perSecond = perSecond
    }
}
