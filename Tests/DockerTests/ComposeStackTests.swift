import Foundation
import Testing

/// The compose file's services, run natively: their commands, environments and health checks.
@Suite(.timeLimit(.minutes(4)))
struct ComposeStackTests {
    /// What shows that a role is at work, where its health check shows only its dependencies.
    private static let consumed = [
        "import": "import.merge", "snapshot": "snapshot.regenerate", "relay": "import.merge.dead",
    ]

    @Test func `the stack becomes healthy, and every role stops cleanly within its grace period`() async throws {
        try await NativeStack.with { stack in
            let compose = try ComposeFile(variables: NativeStack.variables)
            let http = try compose.service("http")
            // Nothing but RabbitMQ's own start has declared anything yet.
            let verified = try await stack.command(["srto", "topology", "verify"], of: http).run()
            #expect(verified.status.isSuccess, "\(verified.text)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in ["http", "import", "snapshot", "relay"] {
                    let service = try compose.service(name)
                    let entry = try #require(try Dockerfile().last("ENTRYPOINT")?.list)
                    let command = stack.command(entry + service.command, of: service)
                    let gracePeriod = try #require(service.gracePeriod)
                    let check = stack.healthCheck(of: service)
                    group.addTask {
                        let outcome = try await command.run(gracePeriod: gracePeriod) {
                            try await stack.waitUntilHealthy(check)
                            if let queue = Self.consumed[name] { try await stack.waitForConsumer(on: queue) }
                        }
                        #expect(outcome.status == .exited(0), "\(name): \(outcome.text)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
