import NIOCore

/// Batches of messages from call to confirm: waiting to be sent, sent, settled. Decides; `Publisher` carries out.
struct PublishQueue {
    typealias BatchID = Int

    /// Messages of one call. The failures name the messages by their place.
    struct Batch {
        let messages: [AMQPMessage]
        let messageIDs: [String]
        let deadline: NIODeadline
        fileprivate(set) var isSent = false
        fileprivate(set) var failures: [Int: AMQPError] = [:]
        fileprivate var unsettled: Int

        init(messages: [AMQPMessage], messageIDs: [String], deadline: NIODeadline) {
            self.messages = messages
            self.messageIDs = messageIDs
            self.deadline = deadline
            unsettled = messages.count
        }
    }

    /// A batch that is done; no failures means that the broker confirmed all of it.
    struct Settled: Equatable {
        let id: BatchID
        let failures: [Int: AMQPError]

        static func == (left: Settled, right: Settled) -> Bool {
            left.id == right.id && left.failures.mapValues(\.code) == right.failures.mapValues(\.code)
        }
    }

    private let maximumUnconfirmed: Int
    private var batches: [BatchID: Batch] = [:]
    private var waiting = CircularBuffer<BatchID>()
    private var deadlines = CircularBuffer<(id: BatchID, deadline: NIODeadline)>()
    private var tracker = ConfirmTracker()
    private var settled: [Settled] = []

    init(maximumUnconfirmed: Int) {
        self.maximumUnconfirmed = maximumUnconfirmed
    }

    var isEmpty: Bool { batches.isEmpty }
    var hasWaiting: Bool { !waiting.isEmpty }

    /// The next moment at which something may expire. Forgets the deadlines of what is settled.
    mutating func nextDeadline() -> NIODeadline? {
        while let first = deadlines.first, batches[first.id] == nil { deadlines.removeFirst() }
        return deadlines.first?.deadline
    }

    mutating func append(_ batch: Batch, id: BatchID) {
        batches[id] = batch
        waiting.append(id)
        deadlines.append((id, batch.deadline))
    }

    /// The batch whose turn it is; nil when none waits, or when too much is unconfirmed already.
    mutating func takeNext() -> (id: BatchID, batch: Batch)? {
        while let id = waiting.first {
            guard let batch = batches[id] else {
                waiting.removeFirst()
                continue
            }
            guard tracker.isEmpty || tracker.count + batch.messages.count <= maximumUnconfirmed else { return nil }
            waiting.removeFirst()
            return (id, batch)
        }
        return nil
    }

    /// All of the batch's messages were written, in order.
    mutating func didSend(_ id: BatchID) {
        guard let count = batches[id]?.messages.count else { return }
        batches[id]?.isSent = true
        for index in 0..<count { tracker.append(batch: id, index: index) }
    }

    /// The batch could not be written.
    mutating func fail(_ id: BatchID, _ error: AMQPError) {
        guard let batch = batches.removeValue(forKey: id) else { return }
        var failures = batch.failures
        for index in batch.messages.indices where failures[index] == nil { failures[index] = error }
        settled.append(Settled(id: id, failures: failures))
    }

    /// Returns how many messages this settled.
    mutating func confirm(_ tag: UInt64, multiple: Bool, isAccepted: Bool) throws(AMQPError) -> Int {
        let entries = try tracker.settle(tag, multiple: multiple)
        for entry in entries { settle(entry, isAccepted: isAccepted) }
        return entries.count
    }

    private mutating func settle(_ entry: ConfirmTracker.Entry, isAccepted: Bool) {
        guard let place = batches.index(forKey: entry.batch) else { return }
        if !isAccepted {
            let id = batches.values[place].messageIDs[entry.index]
            batches.values[place].failures[entry.index] = AMQPError(
                .refused(messageID: id), "The broker refused message '\(id)': a queue is full or cannot store it.")
        }
        batches.values[place].unsettled -= 1
        guard batches.values[place].unsettled == 0 else { return }
        let batch = batches.remove(at: place).value
        settled.append(Settled(id: entry.batch, failures: batch.failures))
    }

    /// No queue took a message. It comes before the message's confirm, which then settles it.
    mutating func returned(_ fields: ServerMethod.ReturnFields, messageID: String?) {
        guard let messageID, let found = Self.find(fields, messageID, in: &tracker, of: batches) else { return }
        batches[found.batch]?.failures[found.index] = AMQPError(
            .unroutable(exchange: fields.exchange, routingKey: fields.routingKey, messageID: messageID),
            "No queue takes message '\(messageID)' (exchange '\(fields.exchange)', routing key '\(fields.routingKey)'): "
                + "\(fields.code) \(fields.text)")
    }

    private static func find(
        _ fields: ServerMethod.ReturnFields, _ messageID: String, in tracker: inout ConfirmTracker,
        of batches: [BatchID: Batch]
    ) -> ConfirmTracker.Entry? {
        tracker.findReturned { entry in
            guard let batch = batches[entry.batch], batch.failures[entry.index] == nil else { return false }
            let message = batch.messages[entry.index]
            return batch.messageIDs[entry.index] == messageID && message.exchange == fields.exchange
                && message.routingKey == fields.routingKey
        }
    }

    /// The channel is gone; what was sent and not confirmed fails, what waits goes on waiting.
    mutating func channelLost(_ error: (AMQPMessage) -> AMQPError) {
        for entry in tracker.reset() {
            guard let batch = batches[entry.batch] else { continue }
            if batch.failures[entry.index] == nil {
                batches[entry.batch]?.failures[entry.index] = error(batch.messages[entry.index])
            }
            batches[entry.batch]?.unsettled -= 1
            guard batch.unsettled == 1, let done = batches.removeValue(forKey: entry.batch) else { continue }
            settled.append(Settled(id: entry.batch, failures: done.failures))
        }
    }

    /// Fails what is past its deadline.
    mutating func expire(_ now: NIODeadline, waitingError: AMQPError, sentError: AMQPError) {
        while let first = deadlines.first {
            guard let batch = batches[first.id] else {
                deadlines.removeFirst()
                continue
            }
            guard first.deadline <= now else { return }
            deadlines.removeFirst()
            fail(first.id, batch.isSent ? sentError : waitingError)
        }
    }

    /// Fails everything.
    mutating func failAll(_ error: AMQPError) {
        for id in batches.keys.sorted() { fail(id, error) }
        waiting.removeAll()
        deadlines.removeAll()
        _ = tracker.reset()
    }

    /// What has been settled since the last call.
    mutating func takeSettled() -> [Settled] {
        defer { settled.removeAll(keepingCapacity: true) }
        return settled
    }
}
