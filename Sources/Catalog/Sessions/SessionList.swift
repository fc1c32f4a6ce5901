package import Domain
package import Foundation

/// Which import sessions to list, newest first.
package struct SessionQuery: Sendable, Equatable {
    /// Only of this user; nil for everybody's.
    package var userID: String?
    package var status: ImportStatus?
    /// Only running ones that nothing has changed since this instant.
    package var unchangedSince: Date?
    /// Only those before this one in the order of the list: the last of the page before.
    package var before: SessionPlace?
    package var limit: Int

    package init(
        userID: String?, status: ImportStatus? = nil, unchangedSince: Date? = nil, before: SessionPlace? = nil,
        limit: Int
    ) {
        self.userID = userID
        self.status = status
        self.unchangedSince = unchangedSince
        self.before = before
        self.limit = limit
    }
}

/// Where a session stands in a list.
package struct SessionPlace: Sendable, Equatable {
    /// ISO 8601 instant, UTC.
    package var createdAt: String
    package var sessionID: String

    package init(createdAt: String, sessionID: String) {
        self.createdAt = createdAt
        self.sessionID = sessionID
    }
}

/// A session with the instants that the catalog notes by itself.
package struct TimedSession: Sendable, Equatable {
    package var session: ImportSession
    package var pace: SessionPace

    package init(session: ImportSession, pace: SessionPace) {
        self.session = session
        self.pace = pace
    }
}

/// A change of master data.
package struct CatalogChange: Sendable, Equatable {
    /// The version that it made.
    package var version: Int64
    /// The session that it was made for.
    package var sessionID: String
    package var origin: ChangeOrigin

    package init(version: Int64, sessionID: String, origin: ChangeOrigin) {
        self.version = version
        self.sessionID = sessionID
        self.origin = origin
    }
}

/// A job that was asked for and has had no effect yet.
package struct OpenJob: Sendable, Equatable {
    package var queue: String
    /// Jobs of the queue that were asked for before it and have had no effect yet either; counted up to 10,000.
    package var ahead: Int
    /// Whether it left the outbox for the broker.
    package var isPublished: Bool
    /// Whether a worker holds a lease on it.
    package var isLeased: Bool

    package init(queue: String, ahead: Int, isPublished: Bool, isLeased: Bool) {
        self.queue = queue
        self.ahead = ahead
        self.isPublished = isPublished
        self.isLeased = isLeased
    }
}
