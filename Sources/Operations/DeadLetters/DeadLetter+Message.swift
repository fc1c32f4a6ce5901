import Catalog
import Foundation
import Jobs

extension DeadLetter {
    /// Bytes of a body that are kept; a job's own is far smaller.
    static let maximumBodyBytes = 1 << 20

    /// What is kept of a message from a dead-letter queue. The broker buries messages too, and strangers can
    /// publish: nothing about the message is taken for granted.
    /// - Parameter now: stands in where the message does not say when it died.
    init(_ delivery: Delivery, from queue: WorkQueue, now: String) {
        let message = delivery.message
        let retries = message.integer(HeaderName.attempts) ?? 0
        self.init(
            queue: queue.rawValue, jobID: String((message.id ?? "").prefix(255)),
            type: String((message.type ?? "").prefix(255)),
            subject: String((message.text(HeaderName.subject) ?? "").prefix(255)),
            reason: Self.reason(message),
            attempts: Int(clamping: max(0, message.integer(HeaderName.deadAttempts) ?? retries)),
            traceparent: message.text(HeaderName.traceparent).map { String($0.prefix(255)) },
            diedAt: message.text(HeaderName.deadAt).map { String($0.prefix(64)) } ?? now,
            body: Data(message.body.prefix(Self.maximumBodyBytes)))
    }

    private static func reason(_ message: WireMessage) -> String {
        var reason: String
        if let ours = message.text(HeaderName.deadReason) {
            reason = ours
        } else if let brokers = message.text(HeaderName.firstDeathReason) {
            reason = "the broker gave it up (\(brokers))"
            if brokers == "delivery_limit" { reason += ": its worker died with it each time" }
        } else {
            reason = "the message does not say why it is here"
        }
        if message.body.count > maximumBodyBytes {
            reason += " [its body of \(message.body.count) bytes is kept up to \(maximumBodyBytes)]"
        }
        return String(reason.prefix(2200))
    }
}
