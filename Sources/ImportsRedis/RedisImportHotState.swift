package import Domain
import Foundation
package import Imports
package import Logging
package import Redis

/// `ImportHotState` in Redis.
package struct RedisImportHotState: ImportHotState {
    /// How long whoever asks for a session waits for its finer progress.
    private static let patience = Duration.milliseconds(250)
    /// Seconds that a session's hash outlives its last change.
    private static let lifetimeSeconds = 86_400

    /// Sets a stage's done and total unless more was done before, and keeps when it was first heard of.
    private static let advance = RedisScript(
        """
        local known = tonumber(redis.call('HGET', KEYS[1], ARGV[1] .. ':done') or '-1')
        if tonumber(ARGV[2]) > known then
            if known < 0 then
                redis.call('HSET', KEYS[1], ARGV[1] .. ':first', ARGV[2], ARGV[1] .. ':began', ARGV[5])
            end
            redis.call('HSET', KEYS[1], ARGV[1] .. ':done', ARGV[2], ARGV[1] .. ':total', ARGV[3],
                ARGV[1] .. ':at', ARGV[5])
            redis.call('EXPIRE', KEYS[1], ARGV[4])
        end
        return 1
        """)

    private let client: RedisClient
    private let logger: Logger

    package init(client: RedisClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    package func advance(_ stage: ImportStage, ofSession id: String, to done: Int64, of total: Int64) async {
        do throws(RedisError) {
            _ = try await client.run(
                Self.advance, keys: [Self.key(id)],
                arguments: [
                    .string(stage.rawValue), .integer(Int(done)), .integer(Int(total)),
                    .integer(Self.lifetimeSeconds), .integer(Int(Date.now.timeIntervalSince1970 * 1000)),
                ])
        } catch {
            logger.debug("progress not kept in Redis", metadata: ["session": "\(id)", "error": "\(error)"])
        }
    }

    package func stages(ofSession id: String) async -> [ImportStage: Advance] {
        await withTaskGroup(of: [ImportStage: Advance].self) { group in
            group.addTask { await read(id) }
            group.addTask {
                do { try await Task.sleep(for: Self.patience) } catch { /* cancelled: Redis has answered */  }
                return [:]
            }
            defer { group.cancelAll() }
            return await group.next() ?? [:]
        }
    }

    private func read(_ id: String) async -> [ImportStage: Advance] {
        do throws(RedisError) {
            let fields = try await client.send(RedisCommand("HGETALL", .string(Self.key(id)))).array()
            return try Self.stages(fields)
        } catch {
            logger.debug("progress not read from Redis", metadata: ["session": "\(id)", "error": "\(error)"])
            return [:]
        }
    }

    private static func stages(_ fields: [RedisValue]) throws(RedisError) -> [ImportStage: Advance] {
        var numbers: [String: Int64] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            numbers[try fields[index].string()] = Int64(try fields[index + 1].string())
        }
        var stages: [ImportStage: Advance] = [:]
        for stage in ImportStage.allCases {
            guard let done = numbers[stage.rawValue + ":done"], let total = numbers[stage.rawValue + ":total"] else {
                continue
            }
            stages[stage] = Advance(done: done, total: total, perSecond: speed(of: stage, numbers))
        }
        return stages
    }

    private static func speed(of stage: ImportStage, _ numbers: [String: Int64]) -> Double? {
        func number(_ name: String) -> Int64? { numbers["\(stage.rawValue):\(name)"] }
        guard let first = number("first"), let done = number("done"), let began = number("began"),
            let last = number("at"), last > began
        else { return nil }
        return Double(done - first) / Double(last - began) * 1000
    }

    private static func key(_ session: String) -> String { "srto:import:\(session)" }
}
