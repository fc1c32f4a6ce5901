package import Domain
import Foundation

/// An event as it travels: what happened, and the incarnation of the log that holds it.
package struct EventEnvelope: Sendable, Equatable {
    package var event: DomainEvent
    /// Changes when the log was lost and begun anew: offsets of another incarnation mean nothing.
    package var log: String

    package init(event: DomainEvent, log: String) {
        self.event = event
        self.log = log
    }

    /// The message and its exchange.
    package var outbound: OutboundMessage {
        var headers: [String: WireMessage.Header] = [
            HeaderName.specVersion: .string("1.0"),
            HeaderName.id: .string(event.id),
            HeaderName.source: .string("/srto/catalog"),
            HeaderName.type: .string(event.type.rawValue),
            HeaderName.subject: .string(event.subject),
            HeaderName.time: .string(event.time),
            HeaderName.sequence: .integer(event.sequence),
            HeaderName.log: .string(log),
        ]
        if let traceparent = event.traceparent {
            headers[HeaderName.traceparent] = .string(traceparent)
        }
        let message = WireMessage(
            id: event.id, type: event.type.rawValue, headers: headers, body: Array(event.data))
        return OutboundMessage(exchange: Topology.events, routingKey: event.type.rawValue, message: message)
    }

    /// Reads a message of the event log.
    /// - Throws: `EnvelopeError` naming what is missing or unknown.
    package init(_ message: WireMessage) throws(EnvelopeError) {
        guard let id = message.id else { throw .missing("message id") }
        guard let typeName = message.type else { throw .missing("type") }
        guard let type = EventType(rawValue: typeName) else { throw .unknownType(typeName) }
        guard let subject = message.text(HeaderName.subject) else { throw .missing("subject") }
        guard let sequence = message.integer(HeaderName.sequence) else { throw .missing("sequence") }
        guard let log = message.text(HeaderName.log) else { throw .missing("log incarnation") }
        event = DomainEvent(
            id: id, type: type, subject: subject, sequence: sequence, time: message.text(HeaderName.time) ?? "",
            traceparent: message.text(HeaderName.traceparent), data: Data(message.body))
        self.log = log
    }
}
