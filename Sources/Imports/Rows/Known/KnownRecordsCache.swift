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
        /// What is being read, or was: nil when there are none. All chunks that ask meanwhile wait for the same, as two of
        /// a size of some 60 MB would be in memory at once.
        let reading: Task<Entry?, any Error>
        /// Whether it was read, and there are some.
        var holdsRecords: Bool?

        func isFor(_ session: String, _ context: String) -> Bool {
            self.session == session && self.context == context
        }
    }

    /// Registers that are held: each may take some 60 MB.
    private static let capacity = 2
    /// Contexts of which it is remembered that nothing is known.
    private static let mostWithout = 64
    private let slots = Mutex<[Slot]>([])

    /// What is known in a context, made by `make` the first time that a session asks, and again where that failed.
    func entry(
        session: String, context: String, make: @Sendable @escaping () async throws -> Entry?
    ) async throws -> Entry? {
        let slot = slots.withLock { slots -> Slot in
            if let index = slots.firstIndex(where: { $0.isFor(session, context) }) {
                // The one that was asked for longest ago goes first.
                slots.append(slots.remove(at: index))
                return slots[slots.count - 1]
            }
            // Not a child of this chunk's task: cancelled with it, it would fail the other chunks.
            let slot = Slot(session: session, context: context, reading: Task { try await make() })
            slots.append(slot)
            return slot
        }
        do {
            let entry = try await slot.reading.value
            settle(slot, holdsRecords: entry != nil)
            return entry
        } catch {
            slots.withLock { $0.removeAll { $0.isFor(session, context) && $0.reading == slot.reading } }
            throw error
        }
    }

    /// Notes what was read, and makes room for it.
    private func settle(_ slot: Slot, holdsRecords: Bool) {
        slots.withLock { slots in
            let index = slots.firstIndex { $0.isFor(slot.session, slot.context) && $0.reading == slot.reading }
            guard let index, slots[index].holdsRecords == nil else { return }
            slots[index].holdsRecords = holdsRecords
            let alike = slots.indices.filter { slots[$0].holdsRecords == holdsRecords }
            let most = holdsRecords ? Self.capacity : Self.mostWithout
            // The others come before it: it was asked for last, or after them.
            if alike.count > most, let oldest = alike.first(where: { $0 != index }) { slots.remove(at: oldest) }
        }
    }

    /// Forgets what a session asked for.
    func drop(session: String) { slots.withLock { $0.removeAll { $0.session == session } } }
}
