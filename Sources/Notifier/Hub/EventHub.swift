package import Catalog
import Domain
package import Jobs
package import Logging
import ServiceLifecycle
import Synchronization

/// Follows the event log and gives each event to whoever follows its subject.
///
/// Fan-out never awaits a peer: a sink takes an event at once, or closes its socket.
package final class EventHub: Service, Sendable {
    private struct State {
        var core: HubCore
        var sinks: [SocketID: any EventSink] = [:]
        var nextSocket: UInt64 = 1
    }

    let broker: any Broker
    let logger: Logger
    let configuration: HubConfiguration
    private let catalog: any Catalog
    private let state: Mutex<State>
    let socketCounters = SocketCounters()
    private let readMark = ReadMark()

    package init(
        broker: any Broker, catalog: any Catalog, configuration: HubConfiguration = HubConfiguration(), logger: Logger
    ) {
        self.broker = broker
        self.catalog = catalog
        self.configuration = configuration
        self.logger = logger
        state = Mutex(
            State(
                core: HubCore(
                    ringBytes: configuration.ringBytes, rememberedSubjects: configuration.rememberedSubjects)))
    }

    /// Follows the log until graceful shutdown or cancellation; after an error it subscribes again, with back-off.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var reader = EventLogReader(hub: self)
            await reader.run()
        }
    }

    /// What the hub did and holds.
    package var metrics: HubMetrics {
        var metrics = state.withLock { state in
            var metrics = state.core.metrics
            metrics.sockets = state.sinks.count
            metrics.ringBytes = state.core.ring.bytes
            metrics.queuedBytes = state.sinks.values.reduce(0) { $0 + $1.queuedBytes }
            return metrics
        }
        metrics.coalesced = socketCounters.coalesced
        metrics.overflowCloses = socketCounters.overflowCloses
        return metrics
    }

    /// Incarnation of the event log; nil while no event was seen.
    package var log: String? { state.withLock { $0.core.log } }

    /// Offset of the last delivery; nil before the first.
    var lastOffset: Int64? { state.withLock { $0.core.ring.lastOffset } }

    /// Takes a delivery of the log and hands it on.
    func ingest(_ delivery: Delivery) {
        guard let offset = delivery.offset else {
            logger.error("a delivery of the event log has no offset; is it a stream?")
            return
        }
        // Sinks are called under the lock, so that each gets a subject's events in order; they only queue.
        let problem: String? = state.withLock { state in
            switch state.core.ingest(delivery.message, offset: offset) {
            case .deliver(let event, let sockets):
                for socket in sockets { state.sinks[socket]?.offer(event) }
            case .logBegunAnew(let sockets):
                for socket in sockets {
                    state.sinks[socket]?.close(
                        .comeBack(.logBegunAnew, "the event log was begun anew", within: configuration.reconnectSpread))
                }
                return "the event log was begun anew; \(sockets.count) sockets are asked back"
            case .malformed(let why):
                return "a message of the event log is left out: \(why)"
            case .duplicate:
                break
            }
            return nil
        }
        readMark.advance(to: offset)
        if let problem { logger.warning("\(problem)", metadata: ["offset": "\(offset)"]) }
    }

    /// The log does not answer at its last offset: it is another one, and is read from its beginning.
    func restartLog() {
        state.withLock { $0.core.restartLog() }
        readMark.restart()
    }

    /// Lets a sink subscribe.
    func connect(_ sink: any EventSink) -> SocketID {
        state.withLock { state in
            let id = SocketID(number: state.nextSocket)
            state.nextSocket += 1
            state.sinks[id] = sink
            return id
        }
    }

    /// Ends a sink's subscriptions.
    func disconnect(_ socket: SocketID) {
        state.withLock { state in
            state.core.leave(socket)
            state.sinks[socket] = nil
        }
    }

    /// Ends a subscription. Events that wait in the socket's queue already may still reach the client.
    func unsubscribe(_ socket: SocketID, from topic: Topic) {
        state.withLock { $0.core.leave(socket, topic: topic.description) }
    }

    /// Follows topics that the user may follow: resumes them where the client's position allows, and begins with the
    /// catalog's state where it does not. Each topic is answered with a `subscribed` frame.
    /// - Throws: what the catalog throws; topics that were not answered are not followed.
    func subscribe(_ socket: SocketID, to topics: [Topic], position: ClientPosition?) async throws {
        if let position, let offset = position.offset, offset >= 0, log ?? position.log == position.log {
            // A hub that has just started is still reading what its clients saw before: nobody is lost for that.
            await readMark.wait(for: offset, atMost: configuration.catchUpLimit)
        }
        var waiting = topics.compactMap { resume(socket, $0, position) }
        for attempt in 1...3 where !waiting.isEmpty {
            let asked = waiting
            let states = try await catalog.read { reader in
                try asked.map { try reader.state(of: $0.topic) }
            }
            waiting = zip(asked, states).filter { !join(socket, $0, $1, force: attempt == 3) }.map(\.0)
        }
    }

    /// A topic that needs the catalog's state, and what the client claimed to have seen of it.
    private struct Waiting: Sendable {
        let topic: Topic
        var claim: (sequence: Int64, Resumption.Reason)?
    }

    /// Resumes a topic from the ring; gives it back when that cannot be.
    private func resume(_ socket: SocketID, _ topic: Topic, _ position: ClientPosition?) -> Waiting? {
        let name = topic.description
        guard let position, let sequence = position.sequences[name] else { return Waiting(topic: topic) }
        return state.withLock { state in
            guard let sink = state.sinks[socket] else { return nil }
            switch state.core.resume(socket, topic: name, after: sequence, position: position) {
            case .lost(let reason):
                return Waiting(topic: topic, claim: (sequence, reason))
            case .recovered(let events):
                sink.send(
                    .subscribed(
                        ServerFrame.Subscribed(
                            topic: name, sequence: sequence, recovered: true, state: nil, stateType: nil,
                            log: state.core.log, offset: state.core.ring.lastOffset)))
                for event in events { sink.offer(event) }
                return nil
            }
        }
    }

    /// Joins the live feed at the catalog's state; false when that is older than what the ring lets go already.
    private func join(_ socket: SocketID, _ waiting: Waiting, _ known: SubjectState?, force: Bool) -> Bool {
        let name = waiting.topic.description
        let sequence = known?.sequence ?? 0
        return state.withLock { state in
            guard let sink = state.sinks[socket] else { return true }
            let join = state.core.join(
                socket, topic: name, stateSequence: sequence, claim: waiting.claim, force: force)
            guard case .joined(let events, let recovered) = join else { return false }
            let told = recovered == true ? nil : known
            sink.send(
                .subscribed(
                    ServerFrame.Subscribed(
                        topic: name, sequence: sequence, recovered: recovered, state: told?.data,
                        stateType: told?.type, log: state.core.log, offset: state.core.ring.lastOffset)))
            for event in events { sink.offer(event) }
            return true
        }
    }
}
