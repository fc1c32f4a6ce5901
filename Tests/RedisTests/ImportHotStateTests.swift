import Domain
import Foundation
import Imports
import ImportsRedis
import Logging
import Redis
import TestSupport
import Testing

/// How far running stages are, kept in a real Redis.
@Suite(.timeLimit(.minutes(1))) struct ImportHotStateTests {
    private static func with(_ body: (RedisImportHotState, _ session: String) async throws -> Void) async throws {
        try await withClient(sharedConfiguration()) { client in
            let session = "imp_" + UUID().uuidString
            try await body(RedisImportHotState(client: client, logger: Logger(label: "test")), session)
            _ = try await client.send(RedisCommand("DEL", .string("srto:import:\(session)")))
        }
    }

    /// Seen red with the script's comparison left out.
    @Test func neverGoesBack() async throws {
        try await Self.with { state, session in
            #expect(await state.stages(ofSession: session).isEmpty)
            for done in [Int64(100), 50, 100] { await state.advance(.merge, ofSession: session, to: done, of: 1000) }
            #expect(await state.stages(ofSession: session) == [.merge: Advance(done: 100, total: 1000, perSecond: nil)])
        }
    }

    @Test func knowsHowFastAStageIsSinceItWasFirstHeardOf() async throws {
        try await Self.with { state, session in
            let began = ContinuousClock.now
            await state.advance(.merge, ofSession: session, to: 100, of: 1_000_000)
            let heard = ContinuousClock.now
            var done: Int64 = 100
            // As long as the clock that Redis is told of has not moved on, there is no speed.
            var asked = heard
            // What counts is when the last is asked for, however long it then takes.
            repeat {
                asked = .now
                done += 10
                await state.advance(.merge, ofSession: session, to: done, of: 1_000_000)
            } while asked - heard < .milliseconds(200)
            let most = (ContinuousClock.now - began) / .seconds(1)
            let speed = try #require(await state.stages(ofSession: session)[.merge]?.perSecond)
            #expect(speed >= Double(done - 100) / most * 0.9, "\(speed)")
            #expect(speed <= Double(done - 100) / 0.19, "\(speed)")
        }
    }
}
