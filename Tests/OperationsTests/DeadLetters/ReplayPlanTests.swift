import Catalog
import Domain
import Jobs
import Testing

@testable import Operations

/// What a replay would do, and why not.
struct ReplayPlanTests {
    @Test(arguments: WorkQueue.allCases) func `a job of ours is asked for again`(_ queue: WorkQueue) {
        #expect(ReplayPlan(for: .sample(queue: queue.rawValue)) == .reopen)
    }

    @Test(arguments: [
        (DeadLetter.sample(replayedAt: "2026-11-24T06:00:00.000Z"), "replayed at 2026-11-24T06:00:00.000Z"),
        (.sample(""), "no job id"), (.sample(queue: "import.vanished"), "queue that there is no more"),
        (.sample(type: "io.stranger.v1"), "no handler knows"), (.sample(type: ""), "has no type"),
    ])
    func `what cannot be replayed is refused with the reason`(_ letter: DeadLetter, _ reason: String) {
        guard case .refuse(let why) = ReplayPlan(for: letter) else {
            Issue.record("\(letter) is not refused")
            return
        }
        #expect(why.contains(reason))
        #expect(ReplayExplanation.text(for: letter, session: nil).contains("It cannot be replayed: \(why)"))
    }

    @Test(arguments: [
        (ImportStatus.validating, nil, "is VALIDATING. A replay", "goes on where it stopped"),
        (.failed, "disk full", "is FAILED (disk full). A replay", "open a new session"),
        (.completed, nil, "is COMPLETED. A replay", "open a new session"),
    ])
    func `an import's letter tells how its session stands and what becomes of it`(
        _ status: ImportStatus, _ error: String?, _ standing: String, _ effect: String
    ) {
        var session = ImportSession(
            sessionID: "s1", userID: "somchai", schemaID: "x", schemaVersion: "1", createdAt: "2026-11-24")
        session.status = status
        session.errorMessage = error
        let text = ReplayExplanation.text(for: .sample(), session: session)
        #expect(text.contains("import session s1 of somchai, which \(standing)"))
        #expect(text.contains("job job-1 again under its own id"))
        #expect(text.contains(effect))
    }

    @Test func `a session that is not there is said not to be`() {
        let text = ReplayExplanation.text(for: .sample(), session: nil)
        #expect(text.contains("session s1, which the catalog does not have"))
        #expect(text.contains("open a new session"))
    }

    @Test func `a snapshot's letter names its territory`() {
        let letter = DeadLetter.sample(
            queue: "snapshot.regenerate", type: JobType.regenerateSnapshot.rawValue, subject: "territory:T1")
        let text = ReplayExplanation.text(for: letter, session: nil)
        #expect(text.hasPrefix("It belongs to territory T1. A replay asks for job job-1 again under its own id"))
        #expect(text.contains("as it is then"))
    }

    @Test(arguments: ["", "queues", "what:ever", "import:"])
    func `a subject that is none is passed over`(_ subject: String) {
        #expect(ReplayExplanation.text(for: .sample(subject: subject), session: nil).hasPrefix("A replay asks"))
    }
}
