package import Jobs

/// A broker whose promises are checked: the whole topology is declared, every queue is empty, nobody else is there.
package protocol BrokerUnderTest: Sendable {
    var broker: any Broker { get }

    /// Cuts every connection of `broker` without a goodbye. It comes back by itself.
    func cutConnections() async throws

    /// Deletes a queue as an operator would.
    func deleteQueue(_ name: String) async throws

    /// Lets time pass for a broker that does not live in real time.
    func letPass(_ duration: Duration) async throws
}

extension BrokerUnderTest {
    /// Nothing to do: time passes by itself.
    package func letPass(_ duration: Duration) async throws {}
}

/// One promise of the port, and how to find out whether a broker keeps it.
package struct BrokerPromise: Sendable, CustomStringConvertible {
    package let description: String
    private let body: @Sendable (any BrokerUnderTest) async throws -> Void

    init(_ description: String, _ body: @escaping @Sendable (any BrokerUnderTest) async throws -> Void) {
        self.description = description
        self.body = body
    }

    /// Checks the promise; what is broken becomes an issue of the running test.
    package func check(on subject: any BrokerUnderTest) async throws {
        try await body(subject)
    }
}
