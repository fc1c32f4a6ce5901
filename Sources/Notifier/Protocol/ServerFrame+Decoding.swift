import Domain
package import Foundation

extension ServerFrame {
    private struct Wire: Decodable {
        struct Position: Decodable {
            var log: String
            var offset: Int64
        }

        var type: String
        var user: String?
        var log: String?
        var heartbeatSeconds: Int?
        var topic: String?
        var sequence: Int64?
        var recovered: Bool?
        var stateType: EventType?
        var position: Position?
        var id: String?
        var event: EventType?
        var offset: Int64?
        var time: String?
        var traceparent: String?
        var coalesced: Int?
        var code: ErrorCode?
        var message: String?
    }

    /// Reads a text frame, as a client does. `state` and `data` come out as JSON of equal value, not of equal bytes.
    /// - Throws: `NotifierError` `.badFrame` when it is no frame of the protocol.
    package init(json: Data) throws(NotifierError) {
        do {
            let wire = try JSONDecoder().decode(Wire.self, from: json)
            switch wire.type {
            case "welcome":
                self = .welcome(
                    Welcome(
                        user: try Self.need(wire.user, "user"), log: wire.log,
                        heartbeatSeconds: try Self.need(wire.heartbeatSeconds, "heartbeatSeconds")))
            case "subscribed":
                self = .subscribed(
                    Subscribed(
                        topic: try Self.need(wire.topic, "topic"), sequence: try Self.need(wire.sequence, "sequence"),
                        recovered: wire.recovered, state: try Self.part("state", of: json),
                        stateType: wire.stateType, log: wire.position?.log, offset: wire.position?.offset))
            case "event":
                self = .event(try Self.event(wire, json))
            case "error":
                self = .error(
                    Failure(code: wire.code, message: try Self.need(wire.message, "message"), topic: wire.topic))
            case "pong":
                self = .pong
            default:
                throw NotifierError(.badFrame, "no frame has the type \"\(wire.type.prefix(40))\"")
            }
        } catch let error as NotifierError {
            throw error
        } catch {
            throw NotifierError(.badFrame, "the server's frame cannot be read: \(error)", cause: error)
        }
    }

    private static func event(_ wire: Wire, _ json: Data) throws -> Event {
        Event(
            topic: try need(wire.topic, "topic"), id: try need(wire.id, "id"), type: try need(wire.event, "event"),
            sequence: try need(wire.sequence, "sequence"), offset: try need(wire.offset, "offset"),
            log: try need(wire.log, "log"), time: try need(wire.time, "time"), traceparent: wire.traceparent,
            coalesced: wire.coalesced ?? 0, data: try need(part("data", of: json), "data"))
    }

    private static func need<Value>(_ value: Value?, _ name: String) throws(NotifierError) -> Value {
        guard let value else { throw NotifierError(.badFrame, "the server's frame has no \"\(name)\"") }
        return value
    }

    /// One member of the object, as JSON.
    private static func part(_ name: String, of json: Data) throws -> Data? {
        let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        return try object?[name].map {
            try JSONSerialization.data(withJSONObject: $0, options: [.fragmentsAllowed, .sortedKeys])
        }
    }
}
