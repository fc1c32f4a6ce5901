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
}
