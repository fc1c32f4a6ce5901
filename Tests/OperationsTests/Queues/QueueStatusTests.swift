import Catalog
import Foundation
import Jobs
import Testing

@testable import Operations

/// A line of the queue list, put together from what catalog and broker say.
struct QueueStatusTests {
    @Test(arguments: [
        // pending (count, unpublished), broker (ready, consumers) → ready, unacked, consumers
        ((0, 0), (0, 0), (0, 0, 0)), ((5, 0), (5, 2), (5, 0, 2)), ((5, 0), (2, 2), (2, 3, 2)),
        ((5, 2), (1, 1), (1, 2, 1)), ((5, 5), (0, 1), (0, 0, 1)), ((1, 0), (3, 0), (3, 0, 0)),
        ((0, 0), (4, 0), (4, 0, 0)),
    ])
    func `ready and consumers are the broker's, the rest of what was published is in hand`(
        _ pending: (Int, Int), _ broker: (Int, Int), _ wanted: (Int, Int, Int)
    ) {
        let status = status(pending: pending, BrokerDepths(work: depth(broker.0, broker.1), dead: depth(0, 0)))
        #expect(status.name == "import.resolve")
        #expect((status.ready, status.unacked, status.consumers) == wanted)
        #expect(status.note == (pending.1 > 0 ? "\(pending.1) wait in the outbox" : nil))
    }

    @Test func `dead letters on their way to the catalog count`() {
        let status = status(pending: (0, 0), BrokerDepths(work: depth(0, 1), dead: depth(3, 1)), recordedDead: 4)
        #expect(status.dead == 7)
    }

    @Test func `the oldest is rounded to a tenth, and nil when nothing waits`() {
        let depths = BrokerDepths(work: depth(0, 0), dead: nil)
        #expect(status(pending: (1, 0), depths, oldest: 12.3456).oldestSeconds == 12.3)
        #expect(status(pending: (0, 0), depths, oldest: 12).oldestSeconds == nil)
        #expect(status(pending: nil, depths).oldestSeconds == nil)
    }

    @Test(arguments: [
        // waiting, asked and done in a minute → seconds to drain, whether it grows
        (120, 60, 180, 60.0 as Double?, false), (120, 180, 60, nil, true), (120, 60, 60, 120, false),
        (120, 66, 60, 120, false), (120, 67, 60, nil, true), (0, 60, 180, nil, false), (0, 180, 60, nil, false),
        (1, 0, 1, 60, false), (1, 1, 0, nil, false), (3, 3, 0, nil, true),
    ])
    func `rates are those of the last minute, and a queue that grows is never drained`(
        _ waiting: Int, _ asked: Int, _ done: Int, _ drain: Double?, _ growing: Bool
    ) {
        let status = QueueStatus(
            of: .importResolve, pending: PendingJobs(queue: "q", count: waiting, unpublished: 0, oldestSeconds: 1),
            recordedDead: 0, depths: nil, rates: JobCounts(queue: "q", asked: asked, done: done))
        #expect(status.inPerSecond == (Double(asked) / 60 * 100).rounded() / 100)
        #expect(status.outPerSecond == (Double(done) / 60 * 100).rounded() / 100)
        #expect(status.drainSeconds == drain && status.growing == growing)
    }

    @Test func `without the broker the catalog alone answers, and says so`() {
        let status = status(pending: (5, 2), nil, recordedDead: 4)
        #expect((status.ready, status.unacked, status.consumers) == (3, 0, 0))
        #expect(status.dead == 4)
        #expect(status.note?.contains("broker is not reached") == true)
        #expect(status.note?.contains("2 wait in the outbox") == true)
    }

    @Test func `a queue that the broker lacks is named`() {
        let status = status(pending: (2, 0), BrokerDepths(work: nil, dead: nil))
        #expect((status.ready, status.unacked, status.consumers) == (0, 2, 0))
        #expect(status.note?.contains("srto topology apply") == true)
    }

    @Test func `the age of the oldest is written even when it is null`() throws {
        let empty = status(pending: (0, 0), BrokerDepths(work: depth(0, 0), dead: depth(0, 0)))
        let json = String(decoding: try JSONEncoder().encode(empty), as: UTF8.self)
        #expect(json.contains(#""oldestSeconds":null"#))
        #expect(!json.contains("note"))
        #expect(try JSONDecoder().decode(QueueStatus.self, from: Data(json.utf8)) == empty)
    }

    private func depth(_ ready: Int, _ consumers: Int) -> QueueDepth { QueueDepth(ready: ready, consumers: consumers) }

    private func status(
        pending: (count: Int, unpublished: Int)?, _ depths: BrokerDepths?, recordedDead: Int = 0, oldest: Double = 1
    ) -> QueueStatus {
        let jobs = pending.map {
            PendingJobs(
                queue: "import.resolve", count: $0.count, unpublished: $0.unpublished, oldestSeconds: oldest)
        }
        return QueueStatus(of: .importResolve, pending: jobs, recordedDead: recordedDead, depths: depths)
    }
}
