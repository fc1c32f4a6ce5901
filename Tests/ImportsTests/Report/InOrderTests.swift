import Synchronization
import TestSupport
import Testing

@testable import Imports

struct InOrderTests {
    /// The first thing is made last of the first four, and what is used next waits for it.
    @Test func `things are used in their order, and few are made at once`() async throws {
        let fourBegun = AsyncStream.makeStream(of: Void.self)
        let begun = Mutex((now: 0, most: 0))
        var used: [Int] = []
        try await inOrder(40, atOnce: 4) { position in
            let now = begun.withLock { begun in
                begun.now += 1
                begun.most = max(begun.most, begun.now)
                return begun.now
            }
            if now == 4 { fourBegun.continuation.finish() }
            if position == 0 { for await _ in fourBegun.stream {} }
            return position
        } use: { position in
            begun.withLock { $0.now -= 1 }
            used.append(position)
        }
        #expect(used == Array(0..<40))
        #expect(begun.withLock { $0.most } == 4)
    }

    @Test func `what fails ends it`() async throws {
        struct Failure: Error {}
        let made = Mutex(0)
        await #expect(throws: Failure.self) {
            try await inOrder(1000, atOnce: 2) { position in
                made.withLock { $0 += 1 }
                if position == 3 { throw Failure() }
                return position
            } use: { _ in
            }
        }
        #expect(made.withLock { $0 } < 8)
    }
}
