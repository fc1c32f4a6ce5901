import NIOCore

extension AMQPClient {
    /// Consumes a queue with manual acks, on a channel of its own. Returns when the broker has confirmed the consumer.
    ///
    /// Throws `channelClosed` (404 no such queue, 403 used exclusively, 406 arguments refused), `notConnected`, `timeout`,
    /// `invalidArgument`, `overloaded` (all channels used), `clientClosed`.
    ///
    /// - Parameters:
    ///   - prefetch: how many deliveries may be unsettled at a time, 1 to 65535.
    ///   - arguments: for a stream `x-stream-offset`. RabbitMQ closes the whole connection over an offset string that it
    ///     does not know: check what comes from outside.
    ///   - exclusive: refuse the queue to other consumers.
    ///   - tag: consumer tag; made up when nil.
    ///   - restore: after a loss of connection or channel the consumer is started again; false ends the sequence with
    ///     `connectionLost` (or `channelClosed`) instead.
    ///   - argumentsAtRestore: the arguments of such a restart, for a stream to go on where the reader stands. Called on
    ///     the event loop: it must not block.
    public func consume(
        queue: String, prefetch: UInt16, arguments: [String: AMQPValue] = [:], exclusive: Bool = false,
        tag: String? = nil, restore: Bool = true, argumentsAtRestore: (@Sendable () -> [String: AMQPValue])? = nil
    ) async throws(AMQPError) -> AMQPConsumer {
        guard prefetch > 0 else {
            throw AMQPError(.invalidArgument, "A prefetch of 0 means no bound at all, which is not offered.")
        }
        let request = ConsumeRequest(
            queue: queue, tag: tag ?? "\(configuration.connectionName)-\(idPrefix)-\(mailbox.nextID())",
            prefetch: prefetch, exclusive: exclusive, arguments: arguments, restore: restore,
            argumentsAtRestore: argumentsAtRestore)
        try checkEncodable(.consume(queue: queue, tag: request.tag, exclusive: exclusive, arguments: arguments))
        let consuming = consuming
        return try await withCheckedContinuation { started in
            consumeLoop.execute { consuming.value.consume(request, started: started) }
        }.get()
    }

    /// Refuses what cannot be encoded before it reaches a connection.
    func checkEncodable(_ method: ClientMethod) throws(AMQPError) {
        var writer = FrameWriter(maximumFrameSize: configuration.frameMax)
        var scratch = ByteBuffer()
        try writer.write(method, channel: 1, into: &scratch)
    }
}
