/// How a queue stands.
public struct AMQPQueueStatus: Sendable, Hashable {
    /// The queue's name; made up by the broker when none was given.
    public let name: String
    /// Messages ready for delivery; those in consumers' hands are not counted.
    public let messages: Int
    /// Consumers.
    public let consumers: Int
}

// Each request throws `channelClosed` with the broker's reason when it is refused (403, 404, 405, 406), `notConnected`,
// `connectionLost`, `timeout`, `invalidArgument`, `overloaded` or `clientClosed`. Other requests are not disturbed.
extension AMQPClient {
    /// Declares an exchange; `type` is direct, fanout, topic or headers.
    public func declareExchange(
        _ name: String, type: String, durable: Bool = true, autoDelete: Bool = false,
        arguments: [String: AMQPValue] = [:]
    ) async throws(AMQPError) {
        _ = try await perform(
            .exchangeDeclare(
                exchange: name, type: type, passive: false, durable: durable, autoDelete: autoDelete,
                arguments: arguments))
    }

    /// Deletes an exchange; deleting one that does not exist is no error.
    public func deleteExchange(_ name: String, ifUnused: Bool = false) async throws(AMQPError) {
        _ = try await perform(.exchangeDelete(exchange: name, ifUnused: ifUnused))
    }

    /// Declares a queue. With `x-queue-type` quorum or stream it has to be durable.
    @discardableResult
    public func declareQueue(
        _ name: String, durable: Bool = true, exclusive: Bool = false, autoDelete: Bool = false,
        arguments: [String: AMQPValue] = [:]
    ) async throws(AMQPError) -> AMQPQueueStatus {
        try status(
            await perform(
                .queueDeclare(
                    queue: name, passive: false, durable: durable, exclusive: exclusive, autoDelete: autoDelete,
                    arguments: arguments)))
    }

    /// Asks how a queue stands; nil when it does not exist.
    public func inspectQueue(_ name: String) async throws(AMQPError) -> AMQPQueueStatus? {
        do throws(AMQPError) {
            return try status(
                await perform(
                    .queueDeclare(
                        queue: name, passive: true, durable: false, exclusive: false, autoDelete: false,
                        arguments: [:])))
        } catch {
            // A broker that has just started says 404 of a queue that it has not opened yet.
            if case .channelClosed(404, let text) = error.code, !text.contains("inaccessible") { return nil }
            throw error
        }
    }

    /// Binds a queue to an exchange.
    public func bindQueue(
        _ queue: String, exchange: String, routingKey: String, arguments: [String: AMQPValue] = [:]
    ) async throws(AMQPError) {
        _ = try await perform(
            .queueBind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments))
    }

    /// Takes a binding away.
    public func unbindQueue(
        _ queue: String, exchange: String, routingKey: String, arguments: [String: AMQPValue] = [:]
    ) async throws(AMQPError) {
        _ = try await perform(
            .queueUnbind(queue: queue, exchange: exchange, routingKey: routingKey, arguments: arguments))
    }

    /// Deletes the ready messages of a queue. Returns how many.
    @discardableResult
    public func purgeQueue(_ name: String) async throws(AMQPError) -> Int {
        guard case .queuePurgeOk(let messages) = try await perform(.queuePurge(queue: name)) else { return 0 }
        return messages
    }

    /// Deletes a queue; deleting one that does not exist is no error. Returns how many messages it held.
    @discardableResult
    public func deleteQueue(
        _ name: String, ifUnused: Bool = false, ifEmpty: Bool = false
    ) async throws(AMQPError) -> Int {
        let answer = try await perform(.queueDelete(queue: name, ifUnused: ifUnused, ifEmpty: ifEmpty))
        guard case .queueDeleteOk(let messages) = answer else { return 0 }
        return messages
    }

    private func status(_ answer: ServerMethod) throws(AMQPError) -> AMQPQueueStatus {
        guard case .queueDeclareOk(let queue, let messages, let consumers) = answer else {
            throw .violation("something else than an answer to queue.declare")
        }
        return AMQPQueueStatus(name: queue, messages: messages, consumers: consumers)
    }

    /// A caller that is cancelled returns at once; the broker may carry its request out all the same.
    private func perform(_ method: ClientMethod) async throws(AMQPError) -> ServerMethod {
        try checkEncodable(method)
        let (administrator, loop) = (administrator, administrationLoop)
        let id = administrationRequests.wrappingAdd(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (answer: Administrator.Answer) in
                loop.execute { administrator.value.perform(method, id: id, answer: answer) }
                // The handler may have run before there was anything to cancel.
                if Task.isCancelled { loop.execute { administrator.value.cancel(id) } }
            }
        } onCancel: {
            loop.execute { administrator.value.cancel(id) }
        }
        return try result.get()
    }
}
