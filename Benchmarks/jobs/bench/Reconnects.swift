import AMQP
import Domain
import Foundation
import Jobs
import JobsAMQP
import Logging
import ServiceLifecycle

/// Cuts the connections of a running worker over and over, and holds what the process has before against what it has
/// after: descriptors, threads, memory.
enum Reconnects {
    private static let rounds = 200
    /// Until pools and caches have what they keep.
    private static let warmUp = 20
    /// Threads that the runtime may add meanwhile, and what the allocator may keep.
    private static let threadsAllowed = 1
    private static let residentAllowedKiB = 8 * 1024

    /// The waits between attempts are short, since it is not they that could leak.
    static func configure(_ configuration: inout AMQPConfiguration) {
        configuration.reconnectMinimum = .milliseconds(5)
        configuration.reconnectMaximum = .milliseconds(20)
    }

    /// Every round ends when a job has gone through the new connections.
    /// - Throws: `BenchError` when the process has grown.
    static func run(_ client: AMQPClient, _ broker: AMQPBroker, port: Int, _ logger: Logger) async throws {
        let (starts, teller) = AsyncStream.makeStream(of: String.self)
        let ledger = BenchLedger()
        let worker = Worker(
            broker: broker, ledger: ledger, control: ledger,
            queues: [
                WorkerQueue(.importResolve, concurrency: 10, handler: TellingHandler(ledger: ledger, teller: teller))
            ],
            logger: logger)
        let services = ServiceGroup(services: [worker], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var handled = starts.makeAsyncIterator()
            func runs(_ rounds: Range<Int>) async throws {
                for round in rounds {
                    let before = client.statistics.reconnects
                    try cutConnections(toPort: port)
                    try await publish(Throughput.job(20_000_000 + round), broker)
                    _ = await handled.next()
                    // The administration's connection is used by neither.
                    for await _ in client.stateChanges() where client.statistics.reconnects >= before + 3 { break }
                }
            }
            try await runs(0..<warmUp)
            let before = try ProcessFigures.now()
            try await runs(warmUp..<(warmUp + rounds))
            let after = try ProcessFigures.now()
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
            try compare(before, after, reconnects: client.statistics.reconnects)
        }
    }

    /// A message that was under way when the connection was cut is published again.
    private static func publish(_ job: OutboundMessage, _ broker: AMQPBroker) async throws(BrokerError) {
        while true {
            do throws(BrokerError) {
                return try await broker.publish([job])
            } catch {
                guard error.code == .unavailable else { throw error }
            }
        }
    }

    private static func compare(_ before: ProcessFigures, _ after: ProcessFigures, reconnects: Int) throws {
        print("\(rounds) cuts of all three connections (\(reconnects) reconnects, \(warmUp) cuts before the count)")
        print("descriptors \(before.descriptors) before, \(after.descriptors) after")
        print("threads \(before.threads) before, \(after.threads) after")
        print("resident \(before.residentKiB) KiB before, \(after.residentKiB) KiB after")
        guard after.descriptors <= before.descriptors, after.threads <= before.threads + threadsAllowed,
            after.residentKiB <= before.residentKiB + residentAllowedKiB
        else { throw BenchError("reconnects leak") }
    }

    /// Ends this process's connections to the broker, as a network that fails does: both sides see the end.
    private static func cutConnections(toPort port: Int) throws {
        for descriptor in try ProcessFigures.descriptors() where peerPort(of: descriptor) == port {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }

    private static func peerPort(of descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // SAFETY: getpeername writes at most `length` bytes, the size of what it is given.
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &length) }
        }
        guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

private struct TellingHandler: JobHandler {
    let ledger: BenchLedger
    let teller: AsyncStream<String>.Continuation

    func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
        // A cut may have taken the ack: the job then comes again.
        if ledger.mark(job.id) { teller.yield(job.id) }
        return .done
    }

    func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {}
}
