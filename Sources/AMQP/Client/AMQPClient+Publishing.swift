import NIOCore

extension AMQPClient {
    /// Publishes the messages in order and returns when the broker has confirmed all of them.
    ///
    /// Throws the first message's failure after every other message of the call is settled too: `unroutable`, `refused`,
    /// `channelClosed` (no such exchange), `connectionLost` and `timeout` (publish again under the same id: the message
    /// may have arrived), `notConnected`, `blocked`, `overloaded`, `messageTooLarge`, `invalidArgument` (nothing was
    /// sent), `cancelled`, `clientClosed`. Use `publishEach` to know which of many messages failed.
    public func publish(_ messages: [AMQPMessage]) async throws(AMQPError) {
        let failures = try await submit(messages)
        if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }

    /// Publishes one message; see `publish(_:)` for many.
    public func publish(_ message: AMQPMessage) async throws(AMQPError) {
        try await publish([message])
    }

    /// Publishes the messages in order and tells of each how it went: nil means confirmed. Throws what concerns the call
    /// as a whole, before anything is sent: `overloaded`, `messageTooLarge`, `invalidArgument`, `clientClosed`.
    public func publishEach(_ messages: [AMQPMessage]) async throws(AMQPError) -> [AMQPError?] {
        let failures = try await submit(messages)
        return messages.indices.map { failures[$0] }
    }

    private typealias Waiter = CheckedContinuation<Result<[Int: AMQPError], AMQPError>, Never>

    private func submit(_ messages: [AMQPMessage]) async throws(AMQPError) -> [Int: AMQPError] {
        guard !messages.isEmpty else { return [:] }
        for message in messages { try message.validate(maximumBodyBytes: configuration.maximumBodyBytes) }
        if Task.isCancelled { throw .cancelled }
        let id = mailbox.nextID()
        let messageIDs = messages.enumerated().map { index, message in
            message.properties.messageID ?? "\(idPrefix)-\(id)-\(index)"
        }
        let batch = PublishQueue.Batch(
            messages: messages, messageIDs: messageIDs, deadline: .now() + TimeAmount(configuration.publishTimeout))
        let bytes = messages.reduce(0) { $0 + $1.body.count }
        let (loop, publisher, mailbox) = (publishLoop, publisher, mailbox)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (outcome: Waiter) in
                let entry = PublishMailbox.Entry(id: id, batch: batch) { outcome.resume(returning: .success($0)) }
                let (refusal, mustWake) = mailbox.submit(entry, bytes: bytes)
                if let refusal { outcome.resume(returning: .failure(refusal)) }
                if mustWake { loop.execute { publisher.value.collect() } }
            }
        } onCancel: {
            loop.execute { publisher.value.cancel(id) }
        }
        return try outcome.get()
    }
}
