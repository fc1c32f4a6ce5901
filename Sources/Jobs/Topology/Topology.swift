package import Domain

/// The names of exchanges, queues and streams that the code uses. `topology/definitions.json` is the truth; a test
/// holds these names to it.
package enum Topology {
    /// Direct exchange: the routing key is the queue's name.
    package static let jobs = "srto.jobs"
    /// Direct exchange for dead letters: the routing key is the work queue's name.
    package static let dead = "srto.dead"
    /// Topic exchange for events: the routing key is the event's type.
    package static let events = "srto.events"
    /// Fanout exchange for what is asked of every worker; each listens with a queue of its own.
    package static let control = "srto.control"
    /// What the names of these queues begin with. They come and go with the workers, so no definition has them.
    package static let controlQueuePrefix = control + "."
    /// The stream that keeps events for replay.
    package static let eventLog = "srto.events.log"

    /// The work queue of a job.
    package static func queue(for type: JobType, interactive: Bool = false) -> WorkQueue {
        switch type {
        case .validateSchema: .importValidateSchema
        case .validateChunk: .importValidateChunk
        case .resolve: .importResolve
        case .merge: .importMerge
        case .rollback: .importRollback
        case .geocode: .catalogGeocode
        case .regenerateSnapshot: interactive ? .snapshotRegenerateInteractive : .snapshotRegenerate
        }
    }
}

/// The queues that workers consume.
package enum WorkQueue: String, Sendable, CaseIterable, Codable {
    case importValidateSchema = "import.validate-schema"
    case importValidateChunk = "import.validate-chunk"
    case importResolve = "import.resolve"
    case importMerge = "import.merge"
    case importRollback = "import.rollback"
    case catalogGeocode = "catalog.geocode"
    case snapshotRegenerate = "snapshot.regenerate"
    case snapshotRegenerateInteractive = "snapshot.regenerate.interactive"

    /// Where its dead letters lie until they are recorded in the catalog.
    package var deadLetterQueue: String { rawValue + ".dead" }
}
