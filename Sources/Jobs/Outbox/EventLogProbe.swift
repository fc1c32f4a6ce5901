/// Finds out whether the event log holds anything, by reading it: over AMQP RabbitMQ answers 0 messages for every stream.
struct EventLogProbe {
    let broker: any Broker
    /// How long the first event may take. Taking a slow log for an empty one loses nothing, but asks every client back.
    var patience: Duration = .seconds(10)

    /// Whether the log is there and nothing comes out of it. A missing log is not empty: it will be once it is declared.
    func isEmpty() async throws -> Bool {
        guard try await broker.depth(of: Topology.eventLog) != nil else { return false }
        let subscription = try await broker.read(stream: Topology.eventLog, from: .first)
        defer { subscription.cancel() }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var deliveries = subscription.deliveries.makeAsyncIterator()
                return try await deliveries.next() == nil
            }
            group.addTask {
                try await Surroundings.current.sleep(patience)
                return true
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }
}
