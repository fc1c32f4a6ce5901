import TestSupport

/// Fails a test that waits for something that does not come.
func withDeadline<T: Sendable>(
    _ what: String, within limit: Duration = .seconds(20), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await TestSupport.within(limit, what, body)
}

/// Asks again and again, for what a broker tells only when asked; each question lets others go first.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: @escaping @Sendable () async throws -> Bool
) async throws {
    try await withDeadline(what, within: limit) {
        while try await !condition() {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
