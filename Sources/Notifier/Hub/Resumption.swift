/// Whether a client can be given what it missed of a topic.
enum Resumption: Sendable {
    /// Everything after the sequence that it saw, perhaps nothing.
    case recovered([EncodedEvent])
    case lost(Reason)

    /// Why it cannot.
    enum Reason: String, Sendable, CaseIterable {
        /// The client's offset belongs to another incarnation of the log, or to none.
        case otherIncarnation
        /// An offset that this log never gave.
        case offsetUnknown
        /// A sequence that no event has.
        case sequenceUnknown
        /// The client saw a later sequence than this hub has: the hub lags, or the catalog was put back.
        case sequenceAhead
        /// What came after it is not held any more.
        case notRetained
        /// A sequence between it and the newest is missing in the log.
        case sequenceSkipped
    }
}

extension EventRing {
    /// Decides what a client gets that saw `sequence` of `topic` last.
    ///
    /// Offsets have holes of their own and their losses are silent, so they prove nothing but that the client speaks
    /// of this log. What proves that nothing is missing is the subject's own sequence, contiguous up to its last.
    func resumption(
        of topic: String, after sequence: Int64, offset: Int64?, clientLog: String?, log: String?
    ) -> Resumption {
        guard let clientLog, clientLog == log else { return .lost(.otherIncarnation) }
        guard let offset, let lastOffset, offset >= 0, offset <= lastOffset else { return .lost(.offsetUnknown) }
        guard sequence >= 0 else { return .lost(.sequenceUnknown) }
        guard let last = lastSequence(of: topic) else { return .lost(.notRetained) }
        if sequence == last { return .recovered([]) }
        if sequence > last { return .lost(.sequenceAhead) }
        let events = events(of: topic, after: sequence)
        if Int64(events.count) == last - sequence { return .recovered(events) }
        guard let oldest = events.first?.sequence else { return .lost(.notRetained) }
        // Contiguous to the end, but it begins too late: older ones were let go. Otherwise the log has a hole.
        return .lost(Int64(events.count) == last - oldest + 1 ? .notRetained : .sequenceSkipped)
    }
}

extension Resumption.Reason {
    /// Whether the catalog can still show that nothing was missed: by standing at the sequence that the client saw.
    var catalogCanDisprove: Bool {
        switch self {
        case .notRetained, .sequenceAhead: true
        case .otherIncarnation, .offsetUnknown, .sequenceUnknown, .sequenceSkipped: false
        }
    }
}
