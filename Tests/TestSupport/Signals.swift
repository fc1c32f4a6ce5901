/// What happens elsewhere in a test, told one by one.
package final class Signals<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    package init() { (stream, continuation) = AsyncStream.makeStream() }

    package func send(_ element: Element) { continuation.yield(element) }

    /// The next one; throws when none comes in time.
    package func next(_ what: String) async throws -> Element {
        let stream = stream
        let next = try await within(.seconds(20), what) {
            var iterator = stream.makeAsyncIterator()
            return await iterator.next()
        }
        guard let next else { throw DeadlinePassed(description: what) }
        return next
    }

    /// What was told and not read yet.
    package func rest() async -> [Element] {
        continuation.finish()
        return await stream.reduce(into: []) { $0.append($1) }
    }
}
