import TestSupport

/// Fails a test that waits for something that does not come.
func withDeadline<T: Sendable>(
    _ what: String, within limit: Duration = .seconds(20), _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await TestSupport.within(limit, what, body)
}
