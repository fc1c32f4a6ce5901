/// What a test waits for did not come in time.
package struct DeadlinePassed: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
}

/// Runs `body`; throws when it takes longer than `limit`.
package func within<Value: Sendable>(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            throw DeadlinePassed(description: "\(what) did not happen within \(limit)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw DeadlinePassed(description: what) }
        return value
    }
}

/// Asks again every 20 ms, for what is told only when asked.
package func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await TestSupport.within(limit, what) {
        while try await !condition() { try await ContinuousClock().sleep(for: .milliseconds(20)) }
    }
}
