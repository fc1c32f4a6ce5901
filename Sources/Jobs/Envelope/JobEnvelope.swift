package import Domain
import Foundation

/// A job as it travels: the request and how often it was tried.
package struct JobEnvelope: Sendable, Equatable {
    package var request: JobRequest
    /// Attempts that ended in a retry; the broker's redeliveries are counted apart.
    package var attempts: Int

    package init(request: JobRequest, attempts: Int = 0) {
        self.request = request
        self.attempts = attempts
    }

    /// The message for the broker.
    package var message: WireMessage {
        // Each header costs the broker some percent of what it can take: id, type and source travel as properties (ADR 12).
        var headers: [String: WireMessage.Header] = [HeaderName.subject: .string(request.subject)]
        if attempts > 0 { headers[HeaderName.attempts] = .integer(Int64(attempts)) }
        if let traceparent = request.traceparent {
            headers[HeaderName.traceparent] = .string(traceparent)
        }
        return WireMessage(
            id: request.id, type: request.type.rawValue, source: "/srto/outbox", headers: headers,
            body: Array(request.data))
    }

    /// The message and its work queue.
    package var outbound: OutboundMessage {
        let queue = Topology.queue(for: request.type, interactive: request.interactive)
        return OutboundMessage(exchange: Topology.jobs, routingKey: queue.rawValue, message: message)
    }

    /// The message by way of a delay queue, which gives it to its work queue later.
    func outbound(after delay: DelayQueue) -> OutboundMessage {
        var outbound = outbound
        outbound.exchange = delay.rawValue
        return outbound
    }

    /// Reads a message that came from a work queue.
    /// - Throws: `EnvelopeError` naming what is missing or unknown.
    package init(_ message: WireMessage, from queue: WorkQueue) throws(EnvelopeError) {
        guard let id = message.id, !id.isEmpty else { throw .missing("message id") }
        guard let typeName = message.type else { throw .missing("type") }
        guard let type = JobType(rawValue: typeName) else { throw .unknownType(typeName) }
        let interactive = queue == .snapshotRegenerateInteractive
        guard Topology.queue(for: type, interactive: interactive) == queue else {
            throw .misrouted(type: typeName, queue: queue.rawValue)
        }
        request = JobRequest(
            id: id, type: type, subject: message.text(HeaderName.subject) ?? "", interactive: interactive,
            traceparent: message.text(HeaderName.traceparent), data: Data(message.body))
        // A stranger's huge number must not overflow where deliveries are added to it.
        attempts = Int(min(max(0, message.integer(HeaderName.attempts) ?? 0), Int64(RetryPolicy.mostAttempts)))
    }
}

/// Why a message is not one of ours.
package enum EnvelopeError: Error, Sendable, Equatable, CustomStringConvertible {
    case missing(String)
    case unknownType(String)
    case misrouted(type: String, queue: String)

    package var description: String {
        switch self {
        case .missing(let what): "the message has no \(what)"
        case .unknownType(let type): "no handler knows the type \(type.prefix(120))"
        case .misrouted(let type, let queue): "type \(type) does not belong in queue \(queue)"
        }
    }
}
