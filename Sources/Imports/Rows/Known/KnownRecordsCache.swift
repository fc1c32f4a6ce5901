import Domain
import Synchronization

/// The known records of files under way, so that a file of a thousand chunks has them read once a process.
final class KnownRecordsCache: Sendable {
    /// Known records, and how far they were looked after.
    struct Entry: Sendable {
        let records: KnownRecords
        let stand: KnownStand
    }

    private struct Slot: Sendable {
        let session: String
        let context: String
        /// Nil when there are none.
        let entry: Entry?
    }

    /// They may take some 50 MB each.
    private static let capacity = 2
    private let slots = Mutex<[Slot]>([])

    /// What is known in a context, made by `make` the first time that a session asks.
    func entry(session: String, context: String, make: () async throws -> Entry?) async throws -> Entry? {
        let found = slots.withLock { slots in slots.first { $0.session == session && $0.context == context } }
        if let found { return found.entry }
        let made = Slot(session: session, context: context, entry: try await make())
        return slots.withLock { slots in
            // Another chunk's may have been made meanwhile; one of them is enough.
            if let other = slots.first(where: { $0.session == session && $0.context == context }) { return other.entry }
            if slots.count >= Self.capacity { slots.removeFirst() }
            slots.append(made)
            return made.entry
        }
    }

    /// Forgets what a session asked for.
    func drop(session: String) { slots.withLock { $0.removeAll { $0.session == session } } }
}
