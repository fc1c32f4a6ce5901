import Operations

/// Answers how the dependencies are, at most a second old: the route needs no token, and whoever calls it a thousand times a
/// second must not make the server ask its broker as often.
actor HealthProbe {
    /// What a check may say of a dependency in words that anybody may read.
    struct Fault: Error {
        let words: String
    }

    private static let lifetime = Duration.seconds(1)
    private static let limit = Duration.seconds(2)

    private let look: @Sendable () async -> [DependencyHealth]
    private var current: (look: Task<[DependencyHealth], Never>, begun: ContinuousClock.Instant)?

    init(_ look: @Sendable @escaping () async -> [DependencyHealth]) {
        self.look = look
    }

    /// How the dependencies are.
    @Sendable
    func answer() async -> [DependencyHealth] {
        if let current, ContinuousClock.now - current.begun < Self.lifetime { return await current.look.value }
        let task = Task { [look] in await look() }
        current = (task, .now)
        return await task.value
    }

    /// One dependency. The detail stays short, as anybody may read it.
    static func check(
        _ name: String, isEssential: Bool = false, _ check: @Sendable @escaping () async throws -> Void
    ) async -> DependencyHealth {
        let fault = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await check()
                    return nil
                } catch let fault as Fault {
                    return fault.words
                } catch {
                    return "not reached"
                }
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch { /* cancelled: the check has answered */  }
                return "no answer within 2 s"
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        return DependencyHealth(name: name, ok: fault == nil, isEssential: isEssential, detail: fault)
    }
}
