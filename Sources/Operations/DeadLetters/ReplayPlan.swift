import Catalog
import Domain
import Jobs

/// What a replay of a dead letter does: decided here, carried out in a catalog transaction.
enum ReplayPlan: Equatable {
    /// The job's mark is taken back and the job asked for again under its id.
    case reopen
    /// It cannot be done, and why.
    case refuse(String)

    /// Decides from the letter alone.
    init(for letter: DeadLetter) {
        if let instant = letter.replayedAt {
            self = .refuse(
                "dead letter \(letter.id) was replayed at \(instant): if its job died again, replay the letter it left then."
            )
        } else if letter.jobID.isEmpty {
            self = .refuse(
                "dead letter \(letter.id) has no job id: whoever published it did not ask SRTO for a job, so there is "
                    + "none to ask for again.")
        } else if WorkQueue(rawValue: letter.queue) == nil {
            self = .refuse("dead letter \(letter.id) is of a queue that there is no more: \(letter.queue).")
        } else if JobType(rawValue: letter.type) == nil {
            self = .refuse(
                "dead letter \(letter.id) "
                    + (letter.type.isEmpty
                        ? "has no type, so it came from no SRTO: nothing can run it."
                        : "is of a type that no handler knows: \(letter.type.prefix(120))."))
        } else {
            self = .reopen
        }
    }
}

/// What a dead letter belongs to and what its replay would do, in words.
enum ReplayExplanation {
    /// - Parameter session: the import session that the letter names; nil when it names none that is there.
    static func text(for letter: DeadLetter, session: ImportSession?) -> String {
        [belonging(letter, session), effect(letter, session)].compactMap { $0 }.joined(separator: " ")
    }

    private static func belonging(_ letter: DeadLetter, _ session: ImportSession?) -> String? {
        switch Topic(letter.subject) {
        case .importSession(let id):
            guard let session else { return "It belongs to import session \(id), which the catalog does not have." }
            let failure = session.errorMessage.map { " (\($0))" } ?? ""
            return "It belongs to import session \(id) of \(session.userID), which is "
                + "\(session.status.rawValue)\(failure)."
        case .territory(let id): return "It belongs to territory \(id)."
        case .queues, nil: return nil
        }
    }

    private static func effect(_ letter: DeadLetter, _ session: ImportSession?) -> String {
        if case .refuse(let why) = ReplayPlan(for: letter) { return "It cannot be replayed: \(why)" }
        let again = "A replay asks for job \(letter.jobID) again under its own id"
        switch JobType(rawValue: letter.type) {
        case .regenerateSnapshot:
            return
                "\(again); it builds the territory's snapshot from the catalog as it is then, unless a newer one stands."
        case .validateSchema, .validateChunk, .resolve, .merge:
            if let session, !session.status.isTerminal {
                return "\(again); the session goes on where it stopped."
            }
            return "\(again); it finds its session ended and changes nothing: have the producer open a new session."
        case .rollback:
            return session?.status == .completed
                ? "\(again); it takes the session back." : "\(again); it finds nothing to take back."
        case .geocode:
            return "\(again); it looks up those of the session's outlets that have no coordinates then."
        case nil:
            return "\(again)."
        }
    }
}
