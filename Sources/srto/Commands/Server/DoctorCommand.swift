import ArgumentParser
import CatalogSQLite
import Foundation
import Imports
import Logging
import ObjectStore
import Redis

/// `srto doctor`: checks every dependency and says how to mend it.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check every dependency and say how to mend what is wrong.")
    @OptionGroup var options: SettingsOptions

    /// One check's outcome.
    private struct Finding {
        let subject: String
        var fault: String?
        /// What to know of it although nothing is wrong.
        var note: String?
    }

    func run() async throws {
        let settings: Settings
        do {
            settings = try await options.load()
        } catch {
            print("✗ settings    \(error)")
            throw ExitCode(1)
        }
        var findings = [Finding(subject: "settings")]
        findings += await checkHome(settings)
        findings.append(await check("schemas") { _ = try SchemaLibrary(folder: settings.config).schemas() })
        findings += await checkBroker(settings)
        findings += await checkRedis(settings)
        for finding in findings {
            let name = finding.subject.padding(toLength: 12, withPad: " ", startingAt: 0)
            switch (finding.fault, finding.note) {
            case (let fault?, _): print("✗ \(name) \(fault)")
            case (nil, let note?): print("○ \(name) \(note)")
            case (nil, nil): print("✓ \(name)")
            }
        }
        if findings.contains(where: { $0.fault != nil }) { throw ExitCode(1) }
    }

    private func check(_ subject: String, _ body: () async throws -> Void) async -> Finding {
        do {
            try await body()
            return Finding(subject: subject)
        } catch {
            return Finding(subject: subject, fault: "\(error)")
        }
    }

    /// Looks only at what a server made: a doctor that makes an empty catalog tells nothing of the one in use.
    private func checkHome(_ settings: Settings) async -> [Finding] {
        guard FileManager.default.fileExists(atPath: settings.catalogPath) else {
            let note =
                "nothing in \(settings.home.path) yet: the first `srto serve` begins it. If the server keeps its data "
                + "elsewhere, set SRTO_HOME."
            return [Finding(subject: "data", note: note)]
        }
        return [
            await check("catalog") {
                _ = try await SQLiteCatalog(path: settings.catalogPath).read { try $0.version() }
            },
            await check("objects") { try await LocalObjectStore(root: settings.objectsPath).check() },
        ]
    }

    private func checkBroker(_ settings: Settings) async -> [Finding] {
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let broker: BrokerConnection
            do {
                broker = try BrokerConnection(settings, logger: Self.quiet)
            } catch {
                return [Finding(subject: "rabbitmq", fault: "\(error)")]
            }
            group.addTask { await broker.client.run() }
            let reached = await check("rabbitmq") { try await broker.demandReached() }
            guard reached.fault == nil else { return [reached] }
            let topology = await check("topology") {
                let differences = try await broker.topology.differences(from: broker.definition)
                guard differences.isEmpty else {
                    throw StartError(
                        "\(differences.prefix(5).joined(separator: "; ")). Run `srto topology apply`; a queue with "
                            + "other arguments has to be deleted first.")
                }
            }
            return [reached, topology]
        }
    }

    private func checkRedis(_ settings: Settings) async -> [Finding] {
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let cache: CacheConnection
            do {
                cache = try CacheConnection(settings, logger: Self.quiet)
            } catch {
                return [Finding(subject: "redis", fault: "\(error)")]
            }
            group.addTask { await cache.client.run() }
            let reached = await check("redis") { try await cache.demandReached() }
            guard reached.fault == nil else { return [reached] }
            return [
                reached,
                await check("redis keeps") {
                    try await demand(cache, "maxmemory-policy", is: "noeviction")
                    try await demand(cache, "appendonly", is: "yes")
                },
            ]
        }
    }

    private func demand(_ cache: CacheConnection, _ name: String, is wanted: String) async throws {
        let reply = try await cache.client.send(RedisCommand("CONFIG", "GET", .string(name))).array()
        let value = reply.count == 2 ? try reply[1].string() : "unknown"
        guard value == wanted else {
            throw StartError("\(name) is \(value): set it to \(wanted), or locks and drafts can be lost.")
        }
    }

    /// The clients' own log would say everything twice.
    private static var quiet: Logger {
        var logger = Logger(label: "doctor")
        logger.logLevel = .critical
        return logger
    }
}
