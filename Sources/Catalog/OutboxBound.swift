package import Domain

/// How much may wait for the broker before new work is turned away. Work under way goes on beyond it: what one request
/// leads to is bounded by the request.
package struct OutboxBound: Sendable {
    private let entries: Int

    /// - Parameter entries: jobs and events in the outbox at which the next request is turned away.
    package init(entries: Int) { self.entries = entries }

    /// - Throws: `RequestError` 503 when the outbox has reached the bound.
    package func demandRoom(_ reader: some EffectReader) throws {
        guard try reader.outboxDepth(upTo: entries) >= entries else { return }
        throw RequestError(
            status: 503,
            "\(entries) jobs and events wait for the message broker already, so nothing more is taken: it is down, "
                + "blocked, or slower than what comes in. Nothing was lost; try again later.")
    }
}
