import Domain
import Jobs

/// What a client would see of the events.
// SAFETY: only the simulation's thread touches it.
final class EventWatch: @unchecked Sendable {
    private var highest: [String: Int64] = [:]
    private var progress: [String: Int] = [:]
    private var finished: Set<String> = []

    /// What is wrong with a message that the broker has taken; nil when nothing is. As a client does, it drops what is not
    /// newer.
    func saw(_ outbound: OutboundMessage) -> String? {
        guard outbound.exchange == Topology.events, let subject = outbound.message.text(HeaderName.subject),
            let sequence = outbound.message.integer(HeaderName.sequence)
        else { return nil }
        let before = highest[subject] ?? 0
        guard sequence > before else { return nil }
        highest[subject] = sequence
        if sequence != before + 1 { return "event \(sequence) of \(subject) came after \(before)" }
        let done = Int(String(decoding: outbound.message.body, as: UTF8.self)) ?? -1
        if done < progress[subject] ?? 0 { return "progress of \(subject) went back to \(done)" }
        progress[subject] = done
        let isEnd = outbound.message.type == EventType.importFinished.rawValue
        if finished.contains(subject) { return "\(subject) was told of after its end" }
        if isEnd { finished.insert(subject) }
        return nil
    }

    /// What is missing when everything has ended.
    func fault(atEndOf session: SimStore.Session, told: Int64) -> String? {
        let subject = Topic.importSession(session.id).description
        let seen = highest[subject] ?? 0
        return seen == told ? nil : "\(told) events of \(subject) were told and \(seen) came out"
    }
}
