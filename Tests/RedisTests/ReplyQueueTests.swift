import NIOCore
import TestSupport
import Testing

@testable import Redis

@Suite struct ReplyQueueTests {
    typealias Queue = ReplyQueue<Int>

    private func entry(_ waiter: Int, commands: Int = 1, deadline: Int64 = 100) -> Queue.Entry {
        Queue.Entry(
            waiter: waiter, commandCount: commands, byteCount: 10 * commands,
            deadline: .uptimeNanoseconds(UInt64(deadline)))
    }

    private func completed(_ received: Queue.Received) -> (waiter: Int, replies: [RedisValue])? {
        guard case .complete(let entry, let replies) = received else { return nil }
        return (entry.waiter, replies)
    }

    @Test func repliesGoToTheCallersInOrder() throws {
        var queue = Queue(grace: .nanoseconds(50))
        queue.append(entry(1))
        queue.append(entry(2, commands: 2))
        queue.append(entry(3))
        let first = try #require(completed(queue.receive(.integer(10))))
        #expect(first.waiter == 1 && first.replies == [.integer(10)])
        #expect(completed(queue.receive(.integer(20))) == nil)
        let second = try #require(completed(queue.receive(.integer(21))))
        #expect(second.waiter == 2 && second.replies == [.integer(20), .integer(21)])
        #expect(completed(queue.receive(.null))?.waiter == 3)
        #expect(queue.isEmpty)
    }

    @Test func replyWithoutCommandIsUnasked() {
        var queue = Queue(grace: .nanoseconds(50))
        guard case .unasked = queue.receive(.null) else {
            Issue.record("a reply to nobody was accepted")
            return
        }
    }

    @Test func overdueCallersAreToldOnceAndKeepTheirPlaces() {
        var queue = Queue(grace: .nanoseconds(50))
        queue.append(entry(1, deadline: 100))
        queue.append(entry(2, deadline: 110))
        queue.append(entry(3, deadline: 200))
        #expect(queue.nextDeadline == .uptimeNanoseconds(100))
        #expect(queue.expire(at: .uptimeNanoseconds(99)).overdue == [])
        #expect(!queue.isStalled)
        #expect(queue.expire(at: .uptimeNanoseconds(110)).overdue == [1, 2])
        #expect(queue.isStalled)
        #expect(queue.expire(at: .uptimeNanoseconds(111)).overdue == [])
        #expect(completed(queue.receive(.integer(1)))?.waiter == 1)
        #expect(queue.isStalled)
        #expect(completed(queue.receive(.integer(2)))?.waiter == 2)
        #expect(!queue.isStalled)
        #expect(queue.nextDeadline == .uptimeNanoseconds(200))
        #expect(completed(queue.receive(.integer(3)))?.waiter == 3)
        #expect(queue.nextDeadline == nil)
    }

    @Test func connectionIsDeadAfterTheGraceOfItsOldestEntry() {
        var queue = Queue(grace: .nanoseconds(50))
        queue.append(entry(1, deadline: 100))
        queue.append(entry(2, deadline: 140))
        #expect(!queue.expire(at: .uptimeNanoseconds(100)).isDead)
        #expect(queue.nextDeadline == .uptimeNanoseconds(140))
        #expect(!queue.expire(at: .uptimeNanoseconds(149)).isDead)
        #expect(queue.nextDeadline == .uptimeNanoseconds(150))
        #expect(queue.expire(at: .uptimeNanoseconds(150)).isDead)
    }

    @Test func lateReplySavesTheConnection() {
        var queue = Queue(grace: .nanoseconds(50))
        queue.append(entry(1, deadline: 100))
        queue.append(entry(2, deadline: 300))
        #expect(!queue.expire(at: .uptimeNanoseconds(120)).isDead)
        _ = queue.receive(.null)
        #expect(!queue.expire(at: .uptimeNanoseconds(200)).isDead)
    }

    @Test func halfAnsweredPipelineLeavesNothingBehind() throws {
        var queue = Queue(grace: .nanoseconds(50))
        queue.append(entry(1, commands: 3))
        queue.append(entry(2))
        _ = queue.receive(.integer(1))
        #expect(queue.removeAll() == [1, 2])
        queue.append(entry(3, commands: 2))
        _ = queue.receive(.integer(2))
        #expect(try #require(completed(queue.receive(.integer(3)))).replies == [.integer(2), .integer(3)])
    }

    @Test func randomTrafficNeverMixesCallersUp() {
        let seed = UInt64.random(in: 0 ... .max)
        print("ReplyQueueTests seed \(seed)")
        var generator = SeededGenerator(state: seed)
        var queue = Queue(grace: .nanoseconds(1_000_000))
        var nextWaiter = 0
        var expected: [(waiter: Int, replies: [RedisValue])] = []
        var wire: [RedisValue] = []
        for step in 0..<5000 {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1:
                let count = Int.random(in: 1...4, using: &generator)
                let replies = (0..<count).map { RedisValue.integer(nextWaiter * 10 + $0) }
                queue.append(entry(nextWaiter, commands: count, deadline: Int64(step + 20)))
                expected.append((nextWaiter, replies))
                wire += replies
                nextWaiter += 1
            case 2:
                _ = queue.expire(at: .uptimeNanoseconds(UInt64(step)))
            default:
                guard !wire.isEmpty else { continue }
                if let done = completed(queue.receive(wire.removeFirst())) {
                    let wanted = expected.removeFirst()
                    #expect(done.waiter == wanted.waiter && done.replies == wanted.replies)
                }
            }
            #expect(queue.isEmpty == expected.isEmpty)
        }
    }
}
