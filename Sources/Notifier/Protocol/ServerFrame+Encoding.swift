import Domain
import Foundation
package import NIOCore

extension ServerFrame {
    /// The text frame. State and data are embedded as they are, without being decoded.
    package func encoded() -> ByteBuffer {
        switch self {
        case .welcome(let welcome):
            var text = JSONText(type: "welcome")
            text.append("user", welcome.user)
            text.append("log", welcome.log)
            text.append("heartbeatSeconds", Int64(welcome.heartbeatSeconds))
            return text.finished()
        case .subscribed(let subscribed):
            return Self.encoded(subscribed)
        case .event(let event):
            return Self.encoded(event)
        case .error(let failure):
            var text = JSONText(type: "error")
            text.append("code", failure.code?.rawValue)
            text.append("message", failure.message)
            text.append("topic", failure.topic)
            return text.finished()
        case .pong:
            return JSONText(type: "pong").finished()
        }
    }

    private static func encoded(_ subscribed: Subscribed) -> ByteBuffer {
        var text = JSONText(type: "subscribed")
        text.append("topic", subscribed.topic)
        text.append("sequence", subscribed.sequence)
        if let recovered = subscribed.recovered { text.append("recovered", recovered) }
        text.append("stateType", subscribed.stateType?.rawValue)
        if let state = subscribed.state { text.append(raw: "state", state) }
        if let log = subscribed.log, let offset = subscribed.offset {
            var position = JSONText()
            position.append("log", log)
            position.append("offset", offset)
            text.append(raw: "position", Data(position.finished().readableBytesView))
        }
        return text.finished()
    }

    private static func encoded(_ event: Event) -> ByteBuffer {
        var text = JSONText(type: "event", capacity: event.data.count + 512)
        text.append("topic", event.topic)
        text.append("id", event.id)
        text.append("event", event.type.rawValue)
        text.append("sequence", event.sequence)
        text.append("offset", event.offset)
        text.append("log", event.log)
        text.append("time", event.time)
        text.append("traceparent", event.traceparent)
        text.append(raw: "data", event.data)
        if event.coalesced > 0 { text.append("coalesced", Int64(event.coalesced)) }
        return text.finished()
    }
}
