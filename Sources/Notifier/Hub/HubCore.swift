import Domain
import Foundation
import Jobs

/// Names an open socket.
struct SocketID: Hashable, Sendable {
    let number: UInt64
}

/// The hub's decisions: which events are new, who gets them, who can resume. No I/O, no clock.
struct HubCore: Sendable {
    /// What became of a delivery.
    enum Ingestion: Sendable {
        /// Goes to these sockets.
        case deliver(EncodedEvent, to: [SocketID])
        /// The log's incarnation changed: these sockets follow a log that is gone. The event is held for whoever
        /// comes back.
        case logBegunAnew(closing: [SocketID])
        case duplicate
        case malformed(String)
    }

    /// What became of a join with the catalog's state.
    enum Join: Sendable {
        /// Joined; these events are newer than the state. `recovered` is nil where the client claimed no sequence.
        case joined([EncodedEvent], recovered: Bool?)
        /// The ring lacks events that are newer than the state: read the state again.
        case stale
    }

    private(set) var log: String?
    private(set) var ring: EventRing
    private(set) var metrics = HubMetrics()
    private let makeRing: @Sendable () -> EventRing
    /// Last sequence that each follower of a topic was given.
    private var followers: [String: [SocketID: Int64]] = [:]
    private var topics: [SocketID: Set<String>] = [:]

    init(ringBytes: Int, rememberedSubjects: Int) {
        makeRing = { EventRing(capacityBytes: ringBytes, rememberedSubjects: rememberedSubjects) }
        ring = makeRing()
    }

    /// Takes a delivery of the log.
    mutating func ingest(_ message: WireMessage, offset: Int64) -> Ingestion {
        let envelope: EventEnvelope
        do throws(EnvelopeError) {
            envelope = try EventEnvelope(message)
        } catch {
            ring.passed(offset: offset)
            metrics.malformed += 1
            return .malformed("\(error)")
        }
        guard Self.isJSON(envelope.event.data) else {
            ring.passed(offset: offset)
            metrics.malformed += 1
            return .malformed("event \(envelope.event.id): its data is no JSON")
        }
        var closing: [SocketID] = []
        if let log, log != envelope.log {
            closing = Array(topics.keys)
            restartLog()
        }
        log = envelope.log
        ring.passed(offset: offset)
        let event = EncodedEvent(envelope.event, log: envelope.log, offset: offset)
        if let last = ring.lastSequence(of: event.topic), event.sequence <= last {
            metrics.droppedDuplicates += 1
            return .duplicate
        }
        ring.append(event)
        metrics.events += 1
        guard closing.isEmpty else { return .logBegunAnew(closing: closing) }
        return .deliver(event, to: takeFollowers(of: event))
    }

    /// Forgets what was read: the log does not answer where it was left, so it is another one.
    mutating func restartLog() {
        ring = makeRing()
        metrics.logRestarts += 1
    }

    /// Follows `topic` from the sequence on that the client saw, when it can be given everything since.
    mutating func resume(
        _ socket: SocketID, topic: String, after sequence: Int64, position: ClientPosition
    ) -> Resumption {
        let resumption = ring.resumption(
            of: topic, after: sequence, offset: position.offset, clientLog: position.log, log: log)
        switch resumption {
        case .recovered(let events):
            metrics.recovered += 1
            follow(topic, socket, from: events.last?.sequence ?? sequence)
        case .lost:
            break
        }
        return resumption
    }

    /// Follows `topic` from the catalog's state on, which was read before this call.
    /// - Parameters:
    ///   - claim: the sequence that the client saw, and why the ring could not resume from it; nil when it saw none.
    ///   - force: joins even when events between state and live feed are not held any more; the client sees the
    ///     skipped sequence.
    mutating func join(
        _ socket: SocketID, topic: String, stateSequence: Int64, claim: (sequence: Int64, Resumption.Reason)?,
        force: Bool
    ) -> Join {
        let newer = ring.events(of: topic, after: stateSequence)
        let last = ring.lastSequence(of: topic) ?? stateSequence
        if !force, last > stateSequence, Int64(newer.count) < last - stateSequence { return .stale }
        follow(topic, socket, from: max(stateSequence, last))
        guard let (sequence, reason) = claim else { return .joined(newer, recovered: nil) }
        let recovered = reason.catalogCanDisprove && sequence == stateSequence
        if recovered { metrics.recovered += 1 } else { metrics.notRecovered += 1 }
        return .joined(newer, recovered: recovered)
    }

    /// Ends a subscription.
    mutating func leave(_ socket: SocketID, topic: String) {
        guard topics[socket]?.remove(topic) != nil else { return }
        followers[topic]?[socket] = nil
        if followers[topic]?.isEmpty == true { followers[topic] = nil }
        metrics.subscriptions -= 1
    }

    /// Ends every subscription of a socket.
    mutating func leave(_ socket: SocketID) {
        for topic in topics[socket] ?? [] { leave(socket, topic: topic) }
        topics[socket] = nil
    }

    private mutating func follow(_ topic: String, _ socket: SocketID, from sequence: Int64) {
        followers[topic, default: [:]][socket] = sequence
        if topics[socket, default: []].insert(topic).inserted { metrics.subscriptions += 1 }
    }

    private mutating func takeFollowers(of event: EncodedEvent) -> [SocketID] {
        guard let floors = followers[event.topic] else { return [] }
        let sockets = floors.filter { event.sequence > $0.value }.map(\.key)
        for socket in sockets { followers[event.topic]?[socket] = event.sequence }
        metrics.delivered += sockets.count
        return sockets
    }

    /// Whether data can be embedded in a frame: the exchange takes what anyone with the rights publishes.
    private static func isJSON(_ data: Data) -> Bool {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
            return true
        } catch {
            return false
        }
    }
}
