import Synchronization

/// Compiled plans of files under way, so that a file of a thousand chunks is compiled once a process.
final class PlanCache: Sendable {
    /// A file's plan and layout.
    struct Entry: Sendable {
        let plan: RecordPlan
        let layout: FileLayout
        /// What the entity's files are called.
        let files: [GlobPattern]
        /// Names the register of its known records; nil where none are to be known.
        let context: String?
    }

    private struct Key: Hashable {
        let session: String
        let file: Int
    }

    private static let capacity = 64
    private let entries = Mutex<[Key: Entry]>([:])

    /// The plan of a file, made by `make` when it is not known.
    func entry(
        session: String, file: Int, make: () async throws -> Entry
    ) async throws -> Entry {
        let key = Key(session: session, file: file)
        if let known = entries.withLock({ $0[key] }) { return known }
        let made = try await make()
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeAll() }
            entries[key] = made
        }
        return made
    }
}
