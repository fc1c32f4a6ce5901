import Notifier

/// Where a client stands in the topics that it follows: drops what it has seen, notices what is missing, and knows the
/// position to resume from. Pure: `EventFollower` does the talking.
struct FollowedTopics: Sendable {
    private(set) var topics: [String]
    /// The last sequence seen of each topic.
    private var sequences: [String: Int64] = [:]
    private var log: String?
    private var offset: Int64?

    init(_ topics: [String]) {
        self.topics = topics
    }

    /// The frame to send on a new connection.
    var subscription: ClientFrame {
        .subscribe(topics: topics, position: position)
    }

    /// Nil before anything was heard.
    var position: ClientPosition? {
        sequences.isEmpty ? nil : ClientPosition(log: log, offset: offset, sequences: sequences)
    }

    /// Takes in a frame.
    mutating func receive(_ frame: ServerFrame) -> [FollowerNotice] {
        switch frame {
        case .welcome, .pong:
            []
        case .subscribed(let subscribed):
            topics.contains(subscribed.topic) ? receive(subscribed) : []
        case .event(let event):
            topics.contains(event.topic) ? receive(event) : []
        case .error(let failure):
            receive(failure)
        }
    }

    private mutating func receive(_ subscribed: ServerFrame.Subscribed) -> [FollowerNotice] {
        let topic = subscribed.topic
        advance(log: subscribed.log, offset: subscribed.offset)
        guard let last = sequences[topic], let recovered = subscribed.recovered else {
            // Heard of for the first time.
            sequences[topic] = subscribed.sequence
            return [.following(topic: topic)] + state(subscribed)
        }
        if recovered {
            // What was missed follows, from our own sequence on.
            return [.following(topic: topic), .recovered(topic: topic)]
        }
        guard subscribed.sequence != last else { return [.following(topic: topic)] }
        // A lower sequence than ours: the server's past is another one now, and ours is worth nothing.
        sequences[topic] = subscribed.sequence
        return [.following(topic: topic), .missed(topic: topic, after: last, before: subscribed.sequence)]
            + state(subscribed)
    }

    private func state(_ subscribed: ServerFrame.Subscribed) -> [FollowerNotice] {
        guard let data = subscribed.state, let type = subscribed.stateType else { return [] }
        return [
            .update(
                TopicUpdate(
                    topic: subscribed.topic, sequence: subscribed.sequence, type: type, time: nil, coalesced: 0,
                    data: data))
        ]
    }

    private mutating func receive(_ event: ServerFrame.Event) -> [FollowerNotice] {
        advance(log: event.log, offset: event.offset)
        let last = sequences[event.topic]
        guard event.sequence > last ?? Int64.min else { return [] }
        sequences[event.topic] = event.sequence
        let update = FollowerNotice.update(
            TopicUpdate(
                topic: event.topic, sequence: event.sequence, type: event.type, time: event.time,
                coalesced: event.coalesced, data: event.data))
        // What was left out on purpose says so and is no loss: the event tells the whole state.
        guard let last, event.sequence - Int64(event.coalesced) > last + 1 else { return [update] }
        return [.missed(topic: event.topic, after: last, before: event.sequence), update]
    }

    private mutating func receive(_ failure: ServerFrame.Failure) -> [FollowerNotice] {
        let code = failure.code.map { " [\($0.rawValue)]" } ?? ""
        guard let topic = failure.topic, topics.contains(topic) else { return [.warning(failure.message + code)] }
        topics.removeAll { $0 == topic }
        sequences[topic] = nil
        return [.refused(topic: topic, message: failure.message + code)]
    }

    private mutating func advance(log: String?, offset: Int64?) {
        guard let log, let offset else { return }
        self.offset = log == self.log ? max(offset, self.offset ?? offset) : offset
        self.log = log
    }
}
