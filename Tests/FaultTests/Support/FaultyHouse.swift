import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// Servers of SRTO around a RabbitMQ and a Redis that the test breaks.
struct FaultyHouse: Sendable {
    /// Roles of a process that keeps no queue of its own waiting.
    static let front = ["serve", "--roles", "api,notifier,relay"]
    /// Roles of a process that does the jobs and nothing else.
    static let work = ["serve", "--roles", "import,snapshot"]

    let servers: PrivateServers
    let addresses: ServerAddresses
    let watch: BrokerWatch
    private let folder: URL

    /// Starts the private servers, with the topology, runs `body`, ends them.
    static func with(
        _ body: @escaping @Sendable (FaultyHouse) async throws -> Void
    ) async throws {
        try await PrivateServers.with { servers in
            let addresses = try servers.addresses()
            try await TestFolder.with { folder in
                try await BrokerWatch.with(addresses.amqp) { watch in
                    try await body(
                        FaultyHouse(servers: servers, addresses: addresses, watch: watch, folder: folder))
                }
            }
        }
    }

    /// A process of `srto`, running for the length of `body`; all of them share one folder.
    /// - Parameter addresses: by which it reaches broker and cache, when not directly.
    func running(
        _ name: String = "serve", _ arguments: [String] = ["serve"], by addresses: ServerAddresses? = nil,
        settings: [String: String] = [:], diskBytes: Int? = nil,
        _ body: (ServerProcess) async throws -> Void
    ) async throws {
        let server = try process(name, by: addresses, settings: settings, diskBytes: diskBytes)
        do {
            let roles = arguments.last ?? ""
            if arguments.count == 1 || roles.contains("api") {
                try await server.start(arguments: arguments)
            } else {
                // Without HTTP it cannot be asked how it is.
                try await server.launch(arguments: arguments)
                if roles.contains("import") { try await watch.waitForConsumer(of: .importValidateSchema) }
            }
            try await body(server)
            await server.kill()
        } catch {
            let log = await server.logText
            Issue.record("the log of \(name) at its end:\n\(log.suffix(3000))")
            await server.kill()
            throw error
        }
    }

    /// A process that is not running yet.
    func process(
        _ name: String, by addresses: ServerAddresses? = nil, settings: [String: String] = [:], diskBytes: Int? = nil
    ) throws -> ServerProcess {
        try ServerProcess(
            folder: folder, name: name, servers: addresses ?? self.addresses,
            settings: SampleImport.settings.merging(settings) { $1 }, diskBytes: diskBytes)
    }

    /// Imports the sample at `server` while `fault` does its worst, and sees that nobody could tell afterwards: the client's
    /// results, every row and snapshot, and one event for each step.
    func importSurvives(
        _ fault: @escaping @Sendable () async throws -> Void, at server: ServerProcess
    ) async throws {
        let expected = try await SampleImport.undisturbed()
        async let importing = within(.seconds(120), "the end of the import") {
            try await server.run(SampleImport.arguments)
        }
        do {
            try await fault()
        } catch {
            Issue.record("the fault itself failed: \(error)")
            throw error
        }
        let report = try SampleImport.report(of: try await importing)
        #expect(report.results == expected.results)
        try await expectOneEventForEachStep(of: report.sessionId)
        try await snapshotsSettle(at: server)
        #expect(try await CatalogDump.read(of: server).rows == expected.catalog.rows)
    }

    /// Returns when every territory has the snapshot that an undisturbed import gives it.
    func snapshotsSettle(at server: ServerProcess) async throws {
        let expected = try await SampleImport.undisturbed().catalog.hashes
        let home = await server.homeFromOutside
        try await eventually("the last snapshot", within: .seconds(60)) { try CatalogDump.hashes(home) == expected }
    }

    /// Which numbers the log has for the session: all from 1 on, once each, and one end.
    private func expectOneEventForEachStep(of session: String) async throws {
        let sequences = try await within(.seconds(30), "the end of \(session) in the event log") {
            var sequences: [Int64] = []
            try await watch.importEvents { envelope in
                guard envelope.event.subject == "import:\(session)" else { return true }
                sequences.append(envelope.event.sequence)
                return envelope.event.type != .importFinished
            }
            return sequences
        }
        let distinct = sequences.reduce(into: [Int64]()) { if !$0.contains($1) { $0.append($1) } }
        #expect(distinct == Array(1...Int64(distinct.count)), "\(sequences)")
    }

    /// The first event of an import for which `condition` holds.
    @discardableResult
    func event(_ what: String, _ condition: @escaping @Sendable (DomainEvent) -> Bool) async throws -> EventEnvelope {
        let seen = Signals<EventEnvelope>()
        try await within(.seconds(40), what) {
            try await watch.importEvents { envelope in
                guard condition(envelope.event) else { return true }
                seen.send(envelope)
                return false
            }
        }
        return try await seen.next(what)
    }
}
