import Foundation
import Jobs
import Synchronization

/// A broker that holds one stream in memory, as RabbitMQ does it: an offset beyond the end just waits, and one that
/// was let go begins at the first that is still there.
final class StreamBroker: Broker {
    private struct Reader {
        let from: Int64
        let deliveries: AsyncThrowingStream<Delivery, any Error>.Continuation
    }

    private struct State {
        var messages: [(offset: Int64, message: WireMessage)] = []
        var nextOffset: Int64 = 0
        var readers: [Int: Reader] = [:]
        var nextReader = 0
        var positions: [LogPosition] = []
        var refusals = 0
    }

    private let state = Mutex(State())

    /// Positions that readers began at, in order.
    var positions: [LogPosition] { state.withLock { $0.positions } }

    /// Appends to the stream.
    func append(_ message: WireMessage) {
        state.withLock { state in
            let offset = state.nextOffset
            state.nextOffset += 1
            state.messages.append((offset, message))
            for reader in state.readers.values where offset >= reader.from {
                reader.deliveries.yield(Self.delivery(message, offset))
            }
        }
    }

    /// Ends every reader with an error, and refuses the next `refusals` of them.
    func fail(refusals: Int = 0) {
        let readers = state.withLock { state in
            state.refusals = refusals
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers { reader.deliveries.finish(throwing: BrokerError(.unavailable, "gone")) }
    }

    /// Loses the stream: it is empty and counts from 0 again.
    func recreate() {
        state.withLock { state in
            state.messages = []
            state.nextOffset = 0
        }
    }

    func publish(_ messages: [OutboundMessage]) async throws(BrokerError) {
        for outbound in messages { append(outbound.message) }
    }

    func subscribe(to queue: String, prefetch: Int) async throws(BrokerError) -> BrokerSubscription {
        throw BrokerError(.refused, "only streams here")
    }

    func listen(to exchange: String) async throws(BrokerError) -> BrokerSubscription {
        throw BrokerError(.refused, "only streams here")
    }

    func depth(of queue: String) async throws(BrokerError) -> QueueDepth? {
        QueueDepth(ready: state.withLock { $0.messages.count }, consumers: 0)
    }

    func read(stream: String, from position: LogPosition) async throws(BrokerError) -> BrokerSubscription {
        let (deliveries, continuation) = AsyncThrowingStream.makeStream(of: Delivery.self, throwing: (any Error).self)
        let id: Int? = state.withLock { state in
            if state.refusals > 0 {
                state.refusals -= 1
                return nil
            }
            let from: Int64 =
                switch position {
                case .first: 0
                case .next: state.nextOffset
                case .offset(let offset): offset
                }
            state.positions.append(position)
            for (offset, message) in state.messages where offset >= from {
                continuation.yield(Self.delivery(message, offset))
            }
            state.readers[state.nextReader] = Reader(from: from, deliveries: continuation)
            state.nextReader += 1
            return state.nextReader - 1
        }
        guard let id else { throw BrokerError(.unavailable, "not now") }
        return BrokerSubscription {
            var iterator = deliveries.makeAsyncIterator()
            return try await iterator.next()
        } onCancel: { [self] in
            state.withLock { $0.readers[id] = nil }
            continuation.finish()
        }
    }

    private static func delivery(_ message: WireMessage, _ offset: Int64) -> Delivery {
        Delivery(message: message, deliveryCount: 0, offset: offset) { _ throws(BrokerError) in }
    }
}
