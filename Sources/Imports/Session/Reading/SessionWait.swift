import Catalog
import Domain

/// What stands between a running session and its next step, as the catalog knows it.
struct SessionObstacles: Sendable, Equatable {
    /// The oldest job that it waits for, its own or a snapshot's.
    var job: OpenJob?
    var deadLetter: DeadLetter?
    /// The pause of that job's queue.
    var pause: PausedQueue?

    init(job: OpenJob? = nil, deadLetter: DeadLetter? = nil, pause: PausedQueue? = nil) {
        self.job = job
        self.deadLetter = deadLetter
        self.pause = pause
    }

    init(of session: ImportSession, _ reader: any CatalogReader) throws {
        // A completed one waits for its snapshots, and not for what else its rows had asked for, as geocoding.
        let topics =
            session.status == .completed
            ? try reader.awaitedSnapshots(ofSession: session.sessionID).prefix(5).map(Topic.territory)
            : [session.topic]
        for topic in topics where job == nil {
            job = try reader.openJobs(about: topic, limit: 1).first
            deadLetter = try deadLetter ?? reader.deadLetters(about: topic, limit: 1).first
        }
        pause = try reader.pausedQueues().first { $0.name == job?.queue }
    }
}

/// What a running session waits for, and what to do about it.
package struct SessionWait: Sendable, Codable, Equatable {
    /// The work queue of its next job; nil when none is on its way.
    package var queue: String?
    /// Jobs of that queue that come before it.
    package var ahead: Int?
    package var paused: Bool
    /// A job of it that died and was not replayed.
    package var deadLetter: Int64?
    /// One sentence's worth each.
    package var reason: String
    package var advice: String

    init(of session: ImportSession, _ obstacles: SessionObstacles, _ limits: ImportLimits) {
        queue = obstacles.job?.queue
        ahead = obstacles.job?.ahead
        paused = obstacles.pause != nil
        deadLetter = obstacles.deadLetter?.id
        (reason, advice) = Self.words(session, obstacles, limits)
    }

    private static func words(
        _ session: ImportSession, _ obstacles: SessionObstacles, _ limits: ImportLimits
    ) -> (reason: String, advice: String) {
        if let letter = obstacles.deadLetter {
            return (
                "a job in \(letter.queue) died: \(letter.reason)",
                "see 'srto dead show \(letter.id)'; 'srto dead replay \(letter.id)' has it done again"
            )
        }
        guard let job = obstacles.job else {
            return (
                "no job of it is on its way",
                session.status == .completed
                    ? "its rows are merged; missing snapshots are asked for again after \(limits.stalledHours) h"
                    : "end it with 'srto cancel \(session.sessionID)' and import again; it fails by itself after "
                        + "\(limits.stalledHours) h without progress"
            )
        }
        if let pause = obstacles.pause {
            return (
                "the queue \(job.queue) was paused by \(pause.pausedBy) at \(pause.pausedAt)",
                "'srto resume \(job.queue)' has it go on"
            )
        }
        guard job.isPublished else {
            return (
                "its job for \(job.queue) waits in the outbox for the message broker",
                "see with 'srto doctor' whether RabbitMQ is reached, and whether a process with the role relay runs"
            )
        }
        if job.isLeased {
            return (
                "a worker has its job of \(job.queue) in hand and is still alive", "wait, or end it with 'srto cancel'"
            )
        }
        if job.ahead > 0 {
            return (
                "\(job.ahead) jobs of \(job.queue) come before its own",
                "'srto queues --watch' shows when they are done; more workers or concurrency take them faster"
            )
        }
        return (
            "its job is the next of \(job.queue), in a worker's hand or about to be tried again",
            "see with 'srto queues' whether the queue has consumers; the workers' log says what they do"
        )
    }
}
