package import Domain

/// What people asked of running work, as the store keeps it. The catalog's adapters implement it.
package protocol JobControl: Sendable {
    /// Queues from which no more jobs are taken until they are resumed.
    func pausedQueues() async throws -> Set<WorkQueue>

    /// Those of the jobs that were cancelled.
    func cancelledJobs(among ids: Set<String>) async throws -> Set<String>
}

/// Tells every worker on every host at once that something was asked of it. What was asked stands in the store; a signal
/// that is lost costs the seconds until workers look by themselves.
package struct ControlSignal: Sendable {
    private let broker: any Broker

    package init(broker: any Broker) { self.broker = broker }

    /// Has every worker end what it runs for `subject`, and look what else was asked.
    /// - Throws: `BrokerError` when it could not be told.
    package func cancel(_ subject: Topic) async throws(BrokerError) { try await send(subject.description) }

    /// Has every worker look what was asked.
    /// - Throws: `BrokerError` when it could not be told.
    package func lookAgain() async throws(BrokerError) { try await send(nil) }

    private func send(_ subject: String?) async throws(BrokerError) {
        let message = WireMessage(
            id: nil, type: "io.srto.control.v1", headers: subject.map { [HeaderName.subject: .string($0)] } ?? [:],
            body: [])
        do throws(BrokerError) {
            try await broker.publish([OutboundMessage(exchange: Topology.control, routingKey: "", message: message)])
        } catch {
            // No worker listens: there is nothing to end.
            guard error.code == .unroutable else { throw error }
        }
    }
}
