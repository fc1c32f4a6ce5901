import Domain

/// The message that a dead letter travels as, from the worker to the recorder.
package enum DeadLetterMessage {
    /// `message` as it came, with why, after how many attempts and when it died.
    package static func outbound(
        _ message: WireMessage, from queue: WorkQueue, reason: String, attempts: Int, at instant: String
    ) -> OutboundMessage {
        var dead = message
        dead.headers[HeaderName.deadReason] = .string(String(reason.prefix(2000)))
        dead.headers[HeaderName.deadAttempts] = .integer(Int64(attempts))
        dead.headers[HeaderName.deadAt] = .string(instant)
        return OutboundMessage(exchange: Topology.dead, routingKey: queue.rawValue, message: dead)
    }

    /// For a job that the broker itself gave up after too many deliveries, as its workers died before one could abandon it
    /// (of it, or of a neighbour): the message that lets one do so, once. Nil for every other dead letter.
    package static func toAbandon(_ message: WireMessage, from queue: WorkQueue) -> OutboundMessage? {
        guard message.text(HeaderName.deadReason) == nil,
            // A job that was ever delayed says "expired", as a delay queue's messages do; work queues have no such end.
            ["delivery_limit", "expired"].contains(message.text(HeaderName.firstDeathReason)),
            message.integer(HeaderName.lastChance) == nil
        else { return nil }
        do throws(EnvelopeError) {
            let request = try JobEnvelope(message, from: queue).request
            var chance = JobEnvelope(request: request, attempts: RetryPolicy.mostAttempts - 1).outbound
            chance.message.headers[HeaderName.lastChance] = .integer(1)
            return chance
        } catch {
            // A stranger has nobody to tell.
            return nil
        }
    }
}
