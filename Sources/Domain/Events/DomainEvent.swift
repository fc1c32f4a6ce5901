package import Foundation

/// What an event tells. The raw value is its CloudEvents `type`.
package enum EventType: String, Sendable, Codable, CaseIterable {
    case importProgress = "io.srto.import.progress.v1"
    case importFinished = "io.srto.import.finished.v1"
    case snapshotUpdated = "io.srto.snapshot.updated.v1"
    case queuesChanged = "io.srto.queues.changed.v1"

    /// Whether a slow client may be given a later event of the same subject instead.
    package var isCoalescable: Bool {
        switch self {
        case .importProgress, .queuesChanged, .snapshotUpdated: true
        case .importFinished: false
        }
    }
}

/// Something that happened, with the whole current state of its subject.
///
/// `sequence` has no holes within a subject: a client that sees a number skipped knows that it missed something.
package struct DomainEvent: Sendable, Equatable {
    package let id: String
    package let type: EventType
    package let subject: String
    package let sequence: Int64
    /// ISO 8601 instant, UTC.
    package let time: String
    package let traceparent: String?
    /// The subject's state, JSON.
    package let data: Data

    package init(
        id: String, type: EventType, subject: String, sequence: Int64, time: String, traceparent: String?, data: Data
    ) {
        self.id = id
        self.type = type
        self.subject = subject
        self.sequence = sequence
        self.time = time
        self.traceparent = traceparent
        self.data = data
    }
}

/// The last thing told of a subject: what a client that could not be given its missed events gets instead.
package struct SubjectState: Sendable, Equatable {
    package let subject: String
    package let sequence: Int64
    package let type: EventType
    /// JSON.
    package let data: Data

    package init(subject: String, sequence: Int64, type: EventType, data: Data) {
        self.subject = subject
        self.sequence = sequence
        self.type = type
        self.data = data
    }
}

/// A territory's newest snapshot, as its events tell it.
package struct SnapshotState: Sendable, Codable, Equatable {
    package var territoryId: String
    /// Catalog version that the snapshot shows.
    package var version: Int64
    /// SHA-256 of the content, hexadecimal.
    package var hash: String
    package var outlets: Int
    package var generatedAt: String

    package init(territoryId: String, version: Int64, hash: String, outlets: Int, generatedAt: String) {
        self.territoryId = territoryId
        self.version = version
        self.hash = hash
        self.outlets = outlets
        self.generatedAt = generatedAt
    }
}
