import ArgumentParser
import Logging

/// Where a server command takes its settings from.
struct SettingsOptions: ParsableArguments {
    @Option(help: "Settings file (JSON); SRTO_SETTINGS, else Config/default.json. Environment variables override it.")
    var settings: String?

    /// Loads the settings and sets logging up.
    func load() async throws -> Settings {
        let settings = try await Settings.load(file: settings)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = settings.logLevel
            return handler
        }
        return settings
    }
}
