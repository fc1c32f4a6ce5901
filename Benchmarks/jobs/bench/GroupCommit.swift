/// Commits the effects of many jobs in one transaction: what comes while a commit is under way goes into the next one.
///
/// A disk writes some hundred commits a second; with one for each job, that is what would be measured.
actor GroupCommit {
    private let commit: @Sendable ([JobEffect]) async throws -> Void
    private var gathered: [JobEffect] = []
    private var followers: [CheckedContinuation<Part, any Error>] = []
    private var isCommitting = false

    /// What a job does that had to wait.
    private enum Part: Sendable {
        /// Its effect is committed.
        case isDone
        /// It commits what was gathered, its own effect among it.
        case leads
    }

    init(_ commit: @Sendable @escaping ([JobEffect]) async throws -> Void) { self.commit = commit }

    /// Returns when the effect is committed.
    func apply(_ effect: JobEffect) async throws {
        gathered.append(effect)
        if isCommitting {
            let part = try await withCheckedThrowingContinuation { followers.append($0) }
            if case .isDone = part { return }
        }
        isCommitting = true
        let (batch, members) = (gathered, followers)
        (gathered, followers) = ([], [])
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await commit(batch))
        } catch {
            outcome = .failure(error)
        }
        for member in members { member.resume(with: outcome.map { .isDone }) }
        // Whoever leads next stands in `gathered` already; until it runs, others go on joining it.
        if followers.isEmpty { isCommitting = false } else { followers.removeFirst().resume(returning: .leads) }
        try outcome.get()
    }
}
