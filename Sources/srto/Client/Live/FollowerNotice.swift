import Domain
import Foundation

/// Something newly known of a topic.
struct TopicUpdate: Sendable, Equatable {
    var topic: String
    var sequence: Int64
    var type: EventType
    /// ISO 8601 instant, UTC; nil for a state that the server told when the topic was subscribed.
    var time: String?
    /// Number of events right before this one that were left out because this client was slow.
    var coalesced: Int
    /// The subject's whole state, JSON.
    var data: Data
}

/// What a follower hears.
enum FollowerNotice: Sendable, Equatable {
    /// The topic is followed from here on, for the first time or again.
    case following(topic: String)
    case update(TopicUpdate)
    /// After a reconnect: what was missed comes now.
    case recovered(topic: String)
    /// Events between these two sequences will never come.
    case missed(topic: String, after: Int64, before: Int64)
    /// The server does not let this client follow the topic.
    case refused(topic: String, message: String)
    /// The server complains, or says what this client does not understand.
    case warning(String)
    /// The connection is gone; another is tried after the pause.
    case lost(reason: String, pause: Duration)
}

/// Whether to listen on.
enum FollowerStep: Sendable {
    case goOn, stop
}
