import Configuration
import Foundation
import Imports
import Logging
import SystemPackage

/// What this process is told: `Config/default.json`, overridden by environment variables (`srto.http.port` is
/// `SRTO_HTTP_PORT`), overridden by flags. Read and checked whole at start.
struct Settings: Sendable {
    var httpHost: String
    var httpPort: Int
    /// How clients reach this server; nil where the request's Host header says it.
    var publicURL: String?
    /// Folder of everything that is kept: catalog, objects, secret.
    var home: URL
    /// Folder with `schemas/` and `lookups/`.
    var config: URL
    /// The topology's definitions.
    var topology: URL
    /// Holds a password: never printed.
    var amqpURL: String?
    /// RabbitMQ is given up when it is silent for two of these.
    var amqpHeartbeat: Duration
    /// Holds a password: never printed.
    var managementURL: String?
    /// Holds a password: never printed.
    var redisURL: String?
    var logLevel: Logger.Level
    /// Rows from which a table that an import replaces is kept in a file of its own.
    var baseRows: Int
    var chunkBytes: Int
    /// Seconds without any change after which a running import counts as stuck.
    var stuckSeconds: Int
    /// For how long what ended is kept.
    var retention = RetentionPeriods()
    /// Days for which a territory's former snapshots are kept.
    var snapshotDays: Int
    /// Who is asked for coordinates.
    var geocoding: GeocoderSettings
    /// How the jobs of each work queue are run.
    var queues: QueueSettings
    var tokenLifetimeHours: Int
    /// Jobs and events that may wait for the broker before new work is turned away.
    var outboxEntries: Int

    var catalogPath: String { home.appending(path: "catalog.sqlite").path }
    var objectsPath: String { home.appending(path: "objects").path }
    var secretPath: String { home.appending(path: "secret").path }

    /// Reads file and environment.
    /// - Throws: `SettingsError` listing every fault at once.
    static func load(file: String? = nil) async throws -> Settings {
        let environment = EnvironmentVariablesProvider()
        let path = file ?? ProcessInfo.processInfo.environment["SRTO_SETTINGS"] ?? "Config/default.json"
        let fileProvider: FileProvider<JSONSnapshot>
        do {
            fileProvider = try await FileProvider<JSONSnapshot>(filePath: FilePath(path), allowMissing: file == nil)
        } catch {
            throw SettingsError(faults: ["the settings file \(path) cannot be read: \(error)"])
        }
        return try Settings(ConfigReader(providers: [environment, fileProvider]).scoped(to: "srto"))
    }

    private init(_ reader: ConfigReader) throws(SettingsError) {
        var faults: [String] = []
        func number(_ key: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
            let value = reader.int(forKey: ConfigKey(stringLiteral: key), default: fallback)
            if !range.contains(value) {
                faults.append("srto.\(key) is \(value) and must be \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        func text(_ key: String, _ fallback: String) -> String {
            reader.string(forKey: ConfigKey(stringLiteral: key), default: fallback)
        }
        func secret(_ key: String) -> String? {
            reader.string(forKey: ConfigKey(stringLiteral: key), isSecret: true)
        }
        httpHost = text("http.host", "127.0.0.1")
        httpPort = number("http.port", 8080, 0...65_535)
        publicURL = reader.string(forKey: "public.url")
        home = URL(filePath: text("home", ".srto/data"))
        config = URL(filePath: text("config", "Config"))
        topology = URL(filePath: text("topology", "topology/definitions.json"))
        amqpURL = secret("amqp.url")
        amqpHeartbeat = .seconds(number("amqp.heartbeat.seconds", 15, 1...3600))
        managementURL = secret("rabbitmq.management.url")
        redisURL = secret("redis.url")
        baseRows = number("catalog.base.rows", 100_000, 1...1_000_000_000)
        chunkBytes = number("import.chunk.bytes", 4 << 20, 1024...(64 << 20))
        stuckSeconds = number("import.stuck.seconds", 300, 1...86_400)
        retention.uploadDays = number("retention.uploads.days", retention.uploadDays, 1...36_500)
        retention.stagedMinutes = number("retention.staged.minutes", retention.stagedMinutes, 1...525_600)
        retention.markDays = number("retention.marks.days", retention.markDays, 7...36_500)
        retention.historyDays = number("retention.history.days", retention.historyDays, 1...36_500)
        retention.eventDays = number("retention.events.days", retention.eventDays, 1...36_500)
        retention.geocodeDays = number("retention.geocodes.days", retention.geocodeDays, 1...36_500)
        snapshotDays = number("retention.snapshots.days", 7, 1...36_500)
        var geocoderFaults: [String] = []
        geocoding = GeocoderSettings(
            reader, number: number, keptDays: retention.geocodeDays, faults: &geocoderFaults)
        faults += geocoderFaults
        queues = QueueSettings(number: number)
        faults += queues.faults
        outboxEntries = number("outbox.entries", 200_000, 100...10_000_000)
        tokenLifetimeHours = number("token.lifetime.hours", 720, 1...87_600)
        let level = text("log.level", "info")
        logLevel = Logger.Level(rawValue: level) ?? .info
        if Logger.Level(rawValue: level) == nil {
            faults.append("srto.log.level is \"\(level)\": one of trace, debug, info, notice, warning, error, critical")
        }
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
    }
}

/// What is wrong with the settings, all at once.
struct SettingsError: Error, CustomStringConvertible {
    let faults: [String]

    var description: String { "settings: " + faults.joined(separator: "; ") }
}
