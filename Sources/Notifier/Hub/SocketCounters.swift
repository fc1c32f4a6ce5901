import Synchronization

/// Counts what happens in sockets' queues.
final class SocketCounters: Sendable {
    private let coalescedEvents = Atomic(0)
    private let closesByOverflow = Atomic(0)

    var coalesced: Int { coalescedEvents.load(ordering: .relaxed) }
    var overflowCloses: Int { closesByOverflow.load(ordering: .relaxed) }

    func count(coalesced: Int) {
        coalescedEvents.add(coalesced, ordering: .relaxed)
    }

    func countOverflowClose() {
        closesByOverflow.add(1, ordering: .relaxed)
    }
}
