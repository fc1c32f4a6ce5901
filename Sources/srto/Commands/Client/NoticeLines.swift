import Domain
import Foundation

/// What a follower hears as lines: words for a person, one JSON object a line for a program.
struct NoticeLines: Sendable {
    let asJSON: Bool

    /// The line; nil where there is nothing to say.
    /// - Parameter now: ISO 8601 instant, for what carries no time of its own.
    func line(_ notice: FollowerNotice, at now: String) throws(ClientError) -> String? {
        asJSON ? try object(notice, at: now)?.text(pretty: false) : words(notice, at: now)
    }

    private func object(_ notice: FollowerNotice, at now: String) throws(ClientError) -> JSONValue? {
        switch notice {
        case .following:
            return nil
        case .update(let update):
            var members: [String: JSONValue] = [
                "type": .string(update.time == nil ? "state" : "event"), "topic": .string(update.topic),
                "sequence": .integer(update.sequence), "event": .string(update.type.rawValue),
                "time": .string(update.time ?? now), "data": try JSONValue(json: update.data),
            ]
            if update.coalesced > 0 { members["coalesced"] = .integer(Int64(update.coalesced)) }
            return .object(members)
        case .recovered(let topic):
            return .object(["type": "recovered", "topic": .string(topic), "time": .string(now)])
        case .missed(let topic, let after, let before):
            return .object([
                "type": "missed", "topic": .string(topic), "after": .integer(after), "before": .integer(before),
                "time": .string(now),
            ])
        case .refused(let topic, let message):
            return .object(["type": "refused", "topic": .string(topic), "message": .string(message)])
        case .warning(let message):
            return .object(["type": "warning", "message": .string(message), "time": .string(now)])
        case .lost(let reason, _):
            return .object(["type": "lost", "message": .string(reason), "time": .string(now)])
        }
    }

    private func words(_ notice: FollowerNotice, at now: String) -> String? {
        let text: String
        switch notice {
        case .following: return nil
        case .update(let update):
            let coalesced = update.coalesced > 0 ? " (\(update.coalesced) left out before it)" : ""
            text = "\(update.time ?? now)  \(update.topic)  #\(update.sequence)  \(EventWords.text(update))\(coalesced)"
        case .recovered(let topic): text = "\(now)  \(topic)  recovered: nothing was missed"
        case .missed(let topic, let after, let before):
            text =
                before > after + 1
                ? "\(now)  \(topic)  missed events: #\(after + 1) to #\(before - 1) are lost, what follows is the state now"
                : "\(now)  \(topic)  missed events: the server counts from #\(before) on, this client had #\(after)"
        case .refused(let topic, let message): text = "\(now)  \(topic)  refused: \(message)"
        case .warning(let message): text = "\(now)  the server says: \(message)"
        case .lost(let reason, let pause): text = "\(now)  connection lost (\(reason)), trying again in \(pause.brief)"
        }
        return text.printable
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .string(value) }
}
