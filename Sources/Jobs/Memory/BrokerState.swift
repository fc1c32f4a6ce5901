/// What the in-memory broker holds and decides: no tasks, no time, no waiting.
///
/// `InMemoryBroker` changes it under a lock, wakes the consumers in `awake` and times the messages in `expiring`.
struct BrokerState {
    /// A message that leaves its queue after `delay`.
    struct Expiry {
        let queue: String
        let message: Int
        let delay: Duration
    }

    /// What a consumer gets when it asks.
    enum Step {
        case delivery(tag: Int?, StoredMessage, offset: Int64?)
        case wait
        case end
        case failure(BrokerError)
    }

    private var exchanges = ExchangeTable()
    private var queues: [String: MemoryQueue] = [:]
    private var streams: [String: MemoryStream] = [:]
    private(set) var consumers: [Int: MemoryConsumer] = [:]
    /// Dead letters that no queue takes: kept until one does.
    private var stranded: [(source: String, message: StoredMessage, reason: String)] = []
    private var lastID = 0
    /// Consumers for which something has changed.
    var awake: Set<Int> = []
    /// Messages to be timed.
    var expiring: [Expiry] = []

    /// Adds what is not there yet.
    mutating func declare(_ definition: TopologyDefinition) {
        exchanges.declare(definition)
        for queue in definition.queues {
            if queue.isStream {
                if streams[queue.name] == nil { streams[queue.name] = MemoryStream(queue) }
            } else if queues[queue.name] == nil {
                queues[queue.name] = MemoryQueue(queue)
            }
        }
        let waiting = stranded
        stranded = []
        for letter in waiting { deadLetter(letter.message, from: letter.source, reason: letter.reason) }
    }

    mutating func deleteQueue(_ name: String) {
        exchanges.unbind(name)
        let ids =
            (queues.removeValue(forKey: name)?.consumers ?? []) + (streams.removeValue(forKey: name)?.readers ?? [])
        for id in ids {
            _ = consumers[id]?.end(.failed(BrokerError(.consumerCancelled, "the queue \(name) was deleted")))
            _ = consumers[id]?.dropDeliveries()
            awake.insert(id)
        }
    }

    // MARK: Publishing

    mutating func publish(_ outbound: OutboundMessage) throws(BrokerError) {
        let (exchange, key, id) = (outbound.exchange, outbound.routingKey, outbound.message.id)
        guard let names = exchanges.destinations(exchange: exchange, routingKey: key) else {
            throw BrokerError(.refused, "there is no exchange \(exchange): apply the topology", messageID: id)
        }
        let takers = names.filter { queues[$0] != nil || streams[$0] != nil }
        guard !takers.isEmpty else {
            throw BrokerError(
                .unroutable, "no queue takes what is published to \(exchange) under \(key)", messageID: id)
        }
        if let full = takers.first(where: { queues[$0]?.isFull == true }) {
            throw BrokerError(.refused, "the queue \(full) is at its bound: try again later", messageID: id)
        }
        for name in takers { store(outbound.message, in: name, exchange: exchange, routingKey: key) }
    }

    private mutating func store(_ message: WireMessage, in name: String, exchange: String, routingKey: String) {
        lastID += 1
        let stored = StoredMessage(id: lastID, message: message, exchange: exchange, routingKey: routingKey)
        if streams[name] != nil {
            streams[name]?.append(stored)
            awake.formUnion(streams[name]?.readers ?? [])
        } else {
            queues[name]?.append(stored)
            if let delay = queues[name]?.timeToLive {
                expiring.append(Expiry(queue: name, message: stored.id, delay: delay))
            }
            dispatch(name)
        }
    }

    /// Ends the life of a message in a queue whose messages live for a time only.
    mutating func expire(_ expiry: Expiry) {
        for message in queues[expiry.queue]?.expire(expiry.message) ?? [] {
            deadLetter(message, from: expiry.queue, reason: "expired")
        }
    }

    /// At least once, as the topology asks: a message that nothing takes stays, and a full queue takes it all the same.
    private mutating func deadLetter(_ letter: StoredMessage, from source: String, reason: String) {
        guard let queue = queues[source], let exchange = queue.deadLetterExchange else { return }
        let key = queue.deadLetterRoutingKey ?? letter.routingKey
        let takers = (exchanges.destinations(exchange: exchange, routingKey: key) ?? []).filter { queues[$0] != nil }
        if takers.isEmpty { stranded.append((source, letter, reason)) }
        var message = letter.message
        if message.headers[HeaderName.firstDeathReason] == nil {
            message.headers[HeaderName.firstDeathReason] = .string(reason)
            message.headers["x-first-death-queue"] = .string(source)
            message.headers["x-first-death-exchange"] = .string(letter.exchange)
        }
        for taker in takers { store(message, in: taker, exchange: exchange, routingKey: key) }
    }

    /// Messages in a queue, those in consumers' hands included.
    func held(by name: String) -> Int {
        (queues[name]?.ready ?? 0) + consumers.values.reduce(0) { $0 + ($1.queue == name ? $1.unsettled.count : 0) }
    }

    // MARK: Consuming

    mutating func subscribe(to name: String, prefetch: Int) throws(BrokerError) -> Int {
        guard queues[name] != nil else { throw Self.noQueue(name) }
        lastID += 1
        consumers[lastID] = MemoryConsumer(queue: name, prefetch: max(1, prefetch))
        queues[name]?.consumers.append(lastID)
        defer { dispatch(name) }
        return lastID
    }

    mutating func read(_ name: String, from position: LogPosition) throws(BrokerError) -> Int {
        guard let stream = streams[name] else { throw Self.noQueue(name) }
        lastID += 1
        consumers[lastID] = MemoryConsumer(queue: name, prefetch: 1, position: stream.start(position))
        streams[name]?.readers.insert(lastID)
        return lastID
    }

    /// A reader of a log of its own that goes with it.
    mutating func listen(to exchange: String) throws(BrokerError) -> Int {
        guard exchanges.has(exchange) else {
            throw BrokerError(.refused, "there is no exchange \(exchange): apply the topology")
        }
        lastID += 1
        let name = Topology.controlQueuePrefix + String(lastID)
        streams[name] = MemoryStream(maximumBytes: 1 << 20)
        exchanges.bind(name, to: exchange)
        return try read(name, from: .next)
    }

    /// What nobody listens to any more goes.
    private mutating func forgetListener(_ name: String) {
        guard name.hasPrefix(Topology.controlQueuePrefix) else { return }
        streams[name] = nil
        exchanges.unbind(name)
    }

    private static func noQueue(_ name: String) -> BrokerError {
        BrokerError(.refused, "there is no queue \(name): apply the topology")
    }

    func depth(of name: String) -> QueueDepth? {
        // RabbitMQ tells no length of a stream over AMQP.
        if let stream = streams[name] { return QueueDepth(ready: 0, consumers: stream.readers.count) }
        return queues[name].map { QueueDepth(ready: $0.ready, consumers: $0.consumers.count) }
    }

    /// What the consumer gets next.
    mutating func step(_ id: Int) -> Step {
        guard let consumer = consumers[id] else { return .end }
        if let (tag, message) = consumers[id]?.take() { return .delivery(tag: tag, message, offset: nil) }
        switch consumer.ending {
        case .cancelled?: return .end
        case .failed(let error)?: return .failure(error)
        case nil: break
        }
        guard let position = consumer.position,
            let (message, offset) = streams[consumer.queue]?.message(from: position)
        else { return .wait }
        consumers[id]?.position = offset + 1
        return .delivery(tag: nil, message, offset: offset)
    }

    /// Ends a consumer: what it has in hand can still be settled, what it has not taken goes back.
    mutating func cancel(_ id: Int) {
        guard let consumer = consumers[id] else { return }
        let untaken = consumers[id]?.end(.cancelled) ?? []
        queues[consumer.queue]?.consumers.removeAll { $0 == id }
        streams[consumer.queue]?.readers.remove(id)
        forgetListener(consumer.queue)
        awake.insert(id)
        for message in untaken { putBack(message, in: consumer.queue) }
        if consumers[id]?.isSpent == true { consumers[id] = nil }
        dispatch(consumer.queue)
    }

    /// Settles a delivery. One that was settled before, or that came before a cut, is left alone.
    mutating func settle(_ tag: Int, of id: Int, _ settlement: Delivery.Settlement) {
        guard let queue = consumers[id]?.queue, let message = consumers[id]?.settle(tag) else { return }
        if settlement == .requeue { putBack(message, in: queue) }
        if consumers[id]?.isSpent == true { consumers[id] = nil }
        dispatch(queue)
    }

    /// Drops every connection: consumers come back by themselves, their deliveries come back to them. Readers of a
    /// stream end.
    mutating func cut() { lose(Set(consumers.keys), forGood: false) }

    /// Drops the connection of these consumers.
    /// - Parameter forGood: whether nobody is there who would consume again.
    mutating func lose(_ ids: Set<Int>, forGood: Bool) {
        for id in ids.sorted() {
            guard let queue = consumers[id]?.queue else { continue }
            if consumers[id]?.position != nil {
                _ = consumers[id]?.end(.failed(BrokerError(.unavailable, "the connection to the broker was lost")))
                streams[queue]?.readers.remove(id)
                forgetListener(queue)
                awake.insert(id)
                continue
            }
            for message in consumers[id]?.dropDeliveries() ?? [] { putBack(message, in: queue) }
            if forGood {
                _ = consumers[id]?.end(.cancelled)
                queues[queue]?.consumers.removeAll { $0 == id }
                awake.insert(id)
            }
            if consumers[id]?.isSpent == true { consumers[id] = nil }
        }
        for name in queues.keys.sorted() { dispatch(name) }
    }

    /// Counts a delivery; one too many, and the message is dead.
    private mutating func putBack(_ message: StoredMessage, in name: String) {
        var message = message
        message.deliveryCount += 1
        if let limit = queues[name]?.deliveryLimit, message.deliveryCount > limit {
            deadLetter(message, from: name, reason: "delivery_limit")
        } else {
            queues[name]?.putBack(message)
        }
    }

    /// Gives what waits to the consumers that have room, in turns.
    private mutating func dispatch(_ name: String) {
        while let queue = queues[name], queue.ready > 0 {
            let candidates = queue.hasSingleActiveConsumer ? Array(queue.consumers.prefix(1)) : queue.consumers
            guard let id = candidates.first(where: { consumers[$0]?.hasRoom == true }),
                let message = queues[name]?.next()
            else { return }
            consumers[id]?.send(message)
            awake.insert(id)
            if !queue.hasSingleActiveConsumer {
                queues[name]?.consumers.removeAll { $0 == id }
                queues[name]?.consumers.append(id)
            }
        }
    }
}
