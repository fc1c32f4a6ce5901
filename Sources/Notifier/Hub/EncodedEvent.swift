import Domain
import Foundation
import NIOCore

/// An event of the log, encoded once for all sockets.
struct EncodedEvent: Sendable {
    let topic: String
    let sequence: Int64
    let offset: Int64
    let isCoalescable: Bool
    /// The text frame of an event that stands for itself alone; sockets share its bytes.
    let whole: ByteBuffer

    init(_ event: DomainEvent, log: String, offset: Int64) {
        topic = event.subject
        sequence = event.sequence
        self.offset = offset
        isCoalescable = event.type.isCoalescable
        let frame = ServerFrame.Event(
            topic: event.subject, id: event.id, type: event.type, sequence: event.sequence, offset: offset, log: log,
            time: event.time, traceparent: event.traceparent, coalesced: 0, data: event.data)
        whole = ServerFrame.event(frame).encoded()
    }

    /// The text frame for a socket that was spared `coalesced` events right before this one. Only then are the
    /// bytes copied: the last member is put before the closing brace.
    func message(coalesced: Int) -> ByteBuffer {
        guard coalesced > 0 else { return whole }
        var text = whole
        text.moveWriterIndex(to: text.writerIndex - 1)
        text.writeString(",\"coalesced\":\(coalesced)}")
        return text
    }

    /// What keeping it costs, bytes: the text and the bookkeeping.
    var size: Int { whole.readableBytes + topic.utf8.count + 256 }
}
