import Domain
import Foundation
import Jobs
import NIOCore

@testable import Notifier

/// Makes an event of `subject`; `padding` makes its data that many bytes longer.
func event(
    _ subject: String, _ sequence: Int64, _ type: EventType = .importProgress, padding: Int = 0
) -> DomainEvent {
    let data = #"{"done":\#(sequence),"pad":"\#(String(repeating: "x", count: padding))"}"#
    return DomainEvent(
        id: "\(subject)#\(sequence)", type: type, subject: subject, sequence: sequence,
        time: "2026-11-24T03:49:12.123Z", traceparent: nil, data: Data(data.utf8))
}

/// The message that the log holds for an event.
func message(_ event: DomainEvent, log: String = "log-1") -> WireMessage {
    EventEnvelope(event: event, log: log).outbound.message
}

func encoded(
    _ subject: String, _ sequence: Int64, _ type: EventType = .importProgress, offset: Int64 = 0, padding: Int = 0
) -> EncodedEvent {
    EncodedEvent(event(subject, sequence, type, padding: padding), log: "log-1", offset: offset)
}

/// The frame that a text is.
func frame(_ text: ByteBuffer) throws -> ServerFrame {
    try ServerFrame(json: Data(text.readableBytesView))
}
