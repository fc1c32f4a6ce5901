import NIOCore
import TestSupport
import Testing

@testable import Redis

@Suite struct OutboxTests {
    private func batch(_ count: Int, argument: String = "x") -> CommandBatch {
        CommandBatch(
            commands: Array(repeating: RedisCommand("ECHO", .string(argument)), count: count), waiter: CommandWaiter(),
            deadline: .distantFuture)
    }

    private func accepted(_ posting: Outbox.Posting) -> Bool? {
        if case .accepted(let mustWake) = posting { mustWake } else { nil }
    }

    @Test func wakesTheEventLoopOnceForManyPosts() {
        var outbox = Outbox(maximumCommands: 10, maximumBytes: 1000)
        #expect(accepted(outbox.post(batch(1))) == true)
        #expect(accepted(outbox.post(batch(2))) == false)
        let load = outbox.collect()
        #expect(load.entries.map(\.commandCount) == [1, 2])
        #expect(load.bytes.readableBytes == load.entries.map(\.byteCount).reduce(0, +))
        #expect(accepted(outbox.post(batch(1))) == true)
    }

    @Test func commandsWithoutReplyAreBounded() {
        var outbox = Outbox(maximumCommands: 3, maximumBytes: 1000)
        #expect(accepted(outbox.post(batch(2))) != nil)
        _ = outbox.collect()
        #expect(accepted(outbox.post(batch(2))) == nil)
        #expect(accepted(outbox.post(batch(1))) != nil)
        outbox.settle(commands: 2, bytes: 0, isStalled: false)
        #expect(accepted(outbox.post(batch(2))) != nil)
    }

    @Test func bytesWithoutReplyAreBounded() {
        var outbox = Outbox(maximumCommands: 100, maximumBytes: 50)
        #expect(accepted(outbox.post(batch(1, argument: String(repeating: "y", count: 60)))) != nil)
        let load = outbox.collect()
        #expect(accepted(outbox.post(batch(1))) == nil)
        outbox.settle(commands: 1, bytes: load.entries[0].byteCount, isStalled: false)
        #expect(accepted(outbox.post(batch(1))) != nil)
    }

    @Test func closedOutboxRefusesAndGivesBackWhatWasNotCollected() {
        var outbox = Outbox(maximumCommands: 10, maximumBytes: 1000)
        let waiting = batch(1)
        _ = outbox.post(waiting)
        #expect(outbox.close().first === waiting.waiter)
        guard case .closed = outbox.post(batch(1)) else {
            Issue.record("a closed outbox took a command")
            return
        }
    }

    @Test func waitingCommandsAreBoundedAndExpireOldestFirst() {
        var waiting = WaitingCommands(maximumCommands: 3)
        let batches = (1...4).map { number in
            CommandBatch(
                commands: [RedisCommand("PING")], waiter: CommandWaiter(),
                deadline: .uptimeNanoseconds(UInt64(number * 10)))
        }
        let accepted = batches.map { waiting.append($0) }
        #expect(accepted == [true, true, true, false])
        #expect(waiting.nextDeadline == .uptimeNanoseconds(10))
        let overdue = waiting.expire(at: .uptimeNanoseconds(20))
        #expect(overdue.map(\.deadline) == [.uptimeNanoseconds(10), .uptimeNanoseconds(20)])
        let thereIsRoomAgain = waiting.append(batches[3])
        #expect(thereIsRoomAgain)
        let rest = waiting.removeAll()
        #expect(rest.count == 2)
        #expect(waiting.isEmpty && waiting.nextDeadline == nil)
    }

    @Test func backoffGrowsToItsMaximumAndBeginsAnew() {
        let seed = UInt64.random(in: 0 ... .max)
        print("backoff seed \(seed)")
        var generator = SeededGenerator(state: seed)
        var longest: [Duration] = Array(repeating: .zero, count: 12)
        for _ in 0..<200 {
            var backoff = Backoff(minimum: .milliseconds(100), maximum: .seconds(10))
            for attempt in longest.indices {
                let wait = backoff.next(using: &generator)
                #expect(wait >= .zero && wait <= min(.seconds(10), .milliseconds(100) * (1 << attempt)))
                longest[attempt] = max(longest[attempt], wait)
            }
            backoff.reset()
            #expect(backoff.next(using: &generator) <= .milliseconds(100))
        }
        #expect(longest[11] > .seconds(5), "no jitter up to the maximum in 200 tries")
    }

    @Test func firstResultOfAWaiterCounts() async throws {
        let waiter = CommandWaiter()
        waiter.finish(.success([.integer(1)]))
        waiter.fail(RedisError(.timeout, "too late"))
        #expect(try await waiter.replies() == [.integer(1)])
    }

    @Test func cancelledCallerReturnsAtOnce() async throws {
        let waiter = CommandWaiter()
        let caller = Task { try await waiter.replies() }
        caller.cancel()
        let error = try await redisError { _ = try await caller.value }
        #expect(error.code == .cancelled && error.mayHaveBeenExecuted)
        waiter.finish(.success([]))
    }
}
