import Domain
import Foundation
import Jobs
import JobsAMQP
import Logging
import ServiceLifecycle

/// Asks for jobs in catalog transactions and relays them, as an API process does; killed and started again, it goes on
/// after the last job that the catalog holds.
struct EndurancePublisher {
    private static let batch = 500
    /// Jobs asked for and not done at which no more are asked for: well below the queue's bound.
    private static let waitingLimit = 30_000

    private let goal: Int
    private let catalog: EnduranceCatalog
    private let broker: AMQPBroker
    private let logger: Logger

    init(_ settings: BenchSettings, _ catalog: EnduranceCatalog, _ broker: AMQPBroker, _ logger: Logger) {
        goal = settings.messages
        self.catalog = catalog
        self.broker = broker
        self.logger = logger
    }

    /// Runs until SIGTERM: the relay goes on when every job was asked for.
    func run() async throws {
        let relay = OutboxRelay(store: catalog.catalog, broker: broker, logger: logger)
        let services = ServiceGroup(services: [relay], gracefulShutdownSignals: [.sigterm], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await ask()
            try await group.waitForAll()
        }
    }

    private func ask() async throws {
        var number = try await catalog.asked()
        while number < goal {
            guard try await catalog.unmarked() < Self.waitingLimit else {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            let range = number..<min(goal, number + Self.batch)
            try await catalog.catalog.write { writer in
                for number in range { try writer.enqueue(Self.request(number)) }
            }
            number = range.upperBound
        }
    }

    /// The payload is small: a job's is references, never contents.
    private static func request(_ number: Int) -> JobRequest {
        JobRequest(
            id: "endurance-\(number)", type: .resolve, subject: "import:endurance", interactive: false,
            traceparent: nil, data: Data(#"{"sessionID":"endurance"}"#.utf8))
    }
}
