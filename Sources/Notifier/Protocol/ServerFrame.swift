package import Domain
package import Foundation

/// What the server says.
package enum ServerFrame: Sendable, Equatable {
    case welcome(Welcome)
    case subscribed(Subscribed)
    case event(Event)
    case error(Failure)
    case pong

    /// The client is known; it may subscribe.
    package struct Welcome: Sendable, Equatable {
        /// The user's id.
        package var user: String
        /// Incarnation of the event log; nil while no event was seen.
        package var log: String?
        /// Seconds between the server's pings.
        package var heartbeatSeconds: Int

        package init(user: String, log: String?, heartbeatSeconds: Int) {
            self.user = user
            self.log = log
            self.heartbeatSeconds = heartbeatSeconds
        }
    }

    /// A topic is followed from here on.
    package struct Subscribed: Sendable, Equatable {
        package var topic: String
        /// Events after this one follow; 0 when nothing was ever told of the topic.
        package var sequence: Int64
        /// Nil when the client gave no sequence for the topic. True: every event that it missed follows. False: it
        /// could not be given them; `state` is how things stand now.
        package var recovered: Bool?
        /// The subject's current state, JSON; nil with `recovered: true`, or when nothing was ever told.
        package var state: Data?
        /// Type of the event that told of `state`.
        package var stateType: EventType?
        package var log: String?
        package var offset: Int64?

        package init(
            topic: String, sequence: Int64, recovered: Bool?, state: Data?, stateType: EventType?, log: String?,
            offset: Int64?
        ) {
            self.topic = topic
            self.sequence = sequence
            self.recovered = recovered
            self.state = state
            self.stateType = stateType
            self.log = log
            self.offset = offset
        }
    }

    /// Something happened.
    package struct Event: Sendable, Equatable {
        package var topic: String
        package var id: String
        package var type: EventType
        package var sequence: Int64
        package var offset: Int64
        package var log: String
        /// ISO 8601 instant, UTC.
        package var time: String
        package var traceparent: String?
        /// How many events of the topic, right before this one, were left out because the client was slow.
        package var coalesced: Int
        /// The subject's whole state, JSON.
        package var data: Data

        package init(
            topic: String, id: String, type: EventType, sequence: Int64, offset: Int64, log: String, time: String,
            traceparent: String?, coalesced: Int, data: Data
        ) {
            self.topic = topic
            self.id = id
            self.type = type
            self.sequence = sequence
            self.offset = offset
            self.log = log
            self.time = time
            self.traceparent = traceparent
            self.coalesced = coalesced
            self.data = data
        }
    }

    /// Something asked for was not done; the socket lives on.
    package struct Failure: Sendable, Equatable {
        /// The specification's code, where it has one.
        package var code: ErrorCode?
        package var message: String
        /// The topic it is about, where it is about one.
        package var topic: String?

        package init(code: ErrorCode? = nil, message: String, topic: String? = nil) {
            self.code = code
            self.message = message
            self.topic = topic
        }
    }
}
