import Testing

struct DeadlinePassed: Error, CustomStringConvertible {
    let description: String
}

/// Fails a test that waits for something that does not come.
func withDeadline<T: Sendable>(
    _ what: String, within limit: Duration = .seconds(20), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlinePassed(description: "not within \(limit): \(what)")
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DeadlinePassed(description: what) }
        return first
    }
}

/// Asks again and again, for what a broker tells only when asked.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await withDeadline(what, within: limit) {
        while try await !condition() { try await Task.sleep(for: .milliseconds(20)) }
    }
}
