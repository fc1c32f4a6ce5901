import Domain
import Synchronization
import TestSupport
import Testing

@testable import Imports

@Suite(.timeLimit(.minutes(1)))
struct KnownRecordsCacheTests {
    private struct Unreadable: Error {}

    private final class Readings: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock(\.self) }

        func add() { number.withLock { $0 += 1 } }
    }

    /// Seen red with each that asks reading for itself: twice sixty megabytes at once.
    @Test func `chunks that ask at once have a register read once`() async throws {
        let cache = KnownRecordsCache()
        let (asked, gate) = (Signals<Void>(), Signals<Void>())
        let readings = Readings()
        let entries = try await withThrowingTaskGroup(of: KnownRecordsCache.Entry?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    asked.send(())
                    return try await cache.entry(session: "s", context: "c") {
                        readings.add()
                        _ = try await gate.next("the gate opens")
                        return nil
                    }
                }
            }
            for _ in 0..<8 { try await asked.next("a chunk asks") }
            for _ in 0..<8 { gate.send(()) }
            return try await group.reduce(into: 0) { count, entry in count += entry == nil ? 1 : 0 }
        }
        #expect(entries == 8)
        #expect(readings.count == 1)
        // It is remembered that there are none, for this session and context.
        for (session, context, expected) in [("s", "c", 1), ("t", "c", 2), ("s", "d", 3)] {
            _ = try await cache.entry(session: session, context: context) {
                readings.add()
                return nil
            }
            #expect(readings.count == expected)
        }
    }

    @Test func `what could not be read is read again, also after a cancelled chunk`() async throws {
        let cache = KnownRecordsCache()
        await #expect(throws: Unreadable.self) {
            try await cache.entry(session: "s", context: "c") { throw Unreadable() }
        }
        let gate = Signals<Void>()
        let began = Signals<Void>()
        let first = Task {
            try await cache.entry(session: "s", context: "c") {
                began.send(())
                _ = try await gate.next("the gate opens")
                return nil
            }
        }
        try await began.next("the register is read")
        first.cancel()
        async let second = cache.entry(session: "s", context: "c") { throw Unreadable() }
        gate.send(())
        #expect(try await second == nil)
        #expect(try await first.value == nil)
    }
}
