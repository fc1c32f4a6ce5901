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

    /// Registers that are held: each may take some 60 MB.
    private static let capacity = 2
    /// Contexts of which it is remembered that nothing is known.
    private static let mostWithout = 64
    private let slots = Mutex<[Slot]>([])

    /// What is known in a context, made by `make` the first time that a session asks.
    func entry(session: String, context: String, make: () async throws -> Entry?) async throws -> Entry? {
        let found = slots.withLock { slots -> Slot? in
            guard let index = Self.index(slots, session, context) else { return nil }
            // The one that was asked for longest ago goes first.
            slots.append(slots.remove(at: index))
            return slots.last
        }
        if let found { return found.entry }
        let made = Slot(session: session, context: context, entry: try await make())
        return slots.withLock { slots in
            // Another chunk's may have been made meanwhile; one of them is enough.
            if let other = Self.index(slots, session, context) { return slots[other].entry }
            let alike = slots.indices.filter { (slots[$0].entry == nil) == (made.entry == nil) }
            if alike.count >= (made.entry == nil ? Self.mostWithout : Self.capacity) { slots.remove(at: alike[0]) }
            slots.append(made)
            return made.entry
        }
    }

    private static func index(_ slots: [Slot], _ session: String, _ context: String) -> Int? {
        slots.firstIndex { $0.session == session && $0.context == context }
    }

    /// Forgets what a session asked for.
    func drop(session: String) { slots.withLock { $0.removeAll { $0.session == session } } }
}
