import Foundation
import NIOCore
import Synchronization

/// One client's socket as the rest of the room sees it: calls return at once, whatever the peer does. The channel's
/// handler, on its event loop, is the one writer.
final class Socket: EventSink {
    /// What the handler writes next.
    enum Next: Sendable {
        case text(ByteBuffer)
        /// Nothing comes after it.
        case close(SocketClose)
        case nothing
    }

    /// What the handler does about a message that the client sent.
    enum Reception: Sendable {
        case goOn
        /// Reads no more until the messages in hand are dealt with.
        case pauseReading
        /// The client sent many at once without awaiting an answer.
        case tooMany
    }

    /// Told to the handler from any thread, as an outbound event of the channel.
    enum Signal: Sendable {
        /// Something is queued.
        case wake
        /// Messages in hand were dealt with.
        case resumeReading
        /// Close at this time; nil takes the last deadline back.
        case deadline(NIODeadline?, SocketClose)
    }

    fileprivate struct State {
        var queue: SocketQueue
        var close: SocketClose?
        var isClosePassedOn = false
        var isWakeSignalled = false
        var inHand = 0
        var isReadingPaused = false
    }

    /// Messages in hand at which reading pauses.
    private static let pauseAt = 8
    /// Messages that may lie in hand: those that one read of the channel can bring beyond the pause.
    private static let inboxLimit = 256

    /// The client's messages; ends when the channel is closed.
    let inbox: AsyncStream<ByteBuffer>
    let channel: any Channel
    private let inboxContinuation: AsyncStream<ByteBuffer>.Continuation
    private let counters: SocketCounters
    private let state: Mutex<State>

    init(channel: any Channel, maxQueueBytes: Int, counters: SocketCounters) {
        self.channel = channel
        self.counters = counters
        (inbox, inboxContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.inboxLimit))
        state = Mutex(State(queue: SocketQueue(capacityBytes: maxQueueBytes)))
    }

    func send(_ frame: ServerFrame) {
        let begins: String? = if case .subscribed(let subscribed) = frame { subscribed.topic } else { nil }
        let text = frame.encoded()
        enqueue { $0.append(text, begins: begins) }
    }

    func offer(_ event: EncodedEvent) {
        enqueue { $0.append(event) }
    }

    /// Ends the socket after what is queued; the first reason counts.
    func close(_ close: SocketClose) {
        let wake = state.withLock { state in
            guard state.close == nil else { return false }
            state.close = close
            return state.takeWake()
        }
        if wake { signal(.wake) }
    }

    /// Closes the socket at a time of its own, until told another; nil takes the deadline back.
    func setDeadline(_ deadline: NIODeadline?, _ close: SocketClose) {
        signal(.deadline(deadline, close))
    }

    var queuedBytes: Int { state.withLock { $0.queue.bytes } }

    private func enqueue(_ append: (inout SocketQueue) -> Bool) {
        let wake = state.withLock { state in
            guard state.close == nil else { return false }
            let before = state.queue.coalesced
            let fits = append(&state.queue)
            counters.count(coalesced: state.queue.coalesced - before)
            if !fits {
                // What waits would only keep the slow peer from learning that it has to come back.
                state.queue.removeAll()
                state.close = SocketClose(
                    .tooSlow, "too slow: connect again and resume from your last sequences")
                counters.countOverflowClose()
            }
            return state.takeWake()
        }
        if wake { signal(.wake) }
    }

    private func signal(_ signal: Signal) {
        channel.triggerUserOutboundEvent(signal, promise: nil)
    }
}

// What the handler calls.
extension Socket {
    /// Before a run of `next()`: whatever is queued from now on is signalled again.
    func beginDraining() {
        state.withLock { $0.isWakeSignalled = false }
    }

    /// Takes what is to be written next.
    func next() -> Next {
        state.withLock { state in
            if let text = state.queue.next() { return .text(text) }
            guard let close = state.close, !state.isClosePassedOn else { return .nothing }
            state.isClosePassedOn = true
            return .close(close)
        }
    }

    /// Whether the socket is to be closed once its queue is written.
    var isEnding: Bool { state.withLock { $0.close != nil } }

    /// Whether the channel is to read no more for now.
    var isReadingPaused: Bool { state.withLock { $0.isReadingPaused } }

    /// Takes a message of the client.
    func receive(_ text: ByteBuffer) -> Reception {
        let pauses = state.withLock { state in
            state.inHand += 1
            if state.inHand >= Self.pauseAt { state.isReadingPaused = true }
            return state.isReadingPaused
        }
        if case .dropped = inboxContinuation.yield(text) { return .tooMany }
        return pauses ? .pauseReading : .goOn
    }

    /// The channel is closed: no more messages.
    func finishInbox() {
        inboxContinuation.finish()
    }
}

// What the conversation calls.
extension Socket {
    /// A message was dealt with.
    func dealtWithMessage() {
        let resumes = state.withLock { state in
            state.inHand -= 1
            guard state.isReadingPaused, state.inHand < Self.pauseAt / 2 else { return false }
            state.isReadingPaused = false
            return true
        }
        if resumes { signal(.resumeReading) }
    }
}

extension Socket.State {
    /// Whether the handler has to be woken.
    fileprivate mutating func takeWake() -> Bool {
        defer { isWakeSignalled = true }
        return !isWakeSignalled
    }
}
