import Foundation
import TestSupport
import Testing

/// A server that cannot start says why in one sentence, with what to do, and ends with 1.
@Suite("Starting a server", .timeLimit(.minutes(2)))
struct ServerStartTests {
    /// Seen red while every attempt to connect was logged: the sentence was the last of twenty-six lines.
    @Test(
        "a server that it stands on is absent",
        arguments: [("SRTO_REDIS_URL", "redis", "Redis"), ("SRTO_AMQP_URL", "amqp", "RabbitMQ")])
    func absent(_ setting: String, scheme: String, name: String) async throws {
        let nowhere = try FreePort.any()
        try await starting(with: [setting: "\(scheme)://127.0.0.1:\(nowhere)"]) { outcome in
            #expect(outcome.status == 1)
            let errors = outcome.complaints.filter { !$0.contains(" info ") }
            #expect(errors.count == 1, "\(outcome.errors)")
            #expect(
                errors.first?.contains("\(name) at 127.0.0.1:\(nowhere) is not reached: connection refused") == true)
            #expect(errors.first?.contains(setting) == true)
            #expect(errors.first?.contains("srto doctor") == true)
        }
    }

    @Test("a setting is missing or wrong, and all faults are told at once")
    func settings() async throws {
        try await starting(with: ["SRTO_HTTP_PORT": "700000", "SRTO_LOG_LEVEL": "loud"]) { outcome in
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("srto.http.port is 700000"))
            #expect(outcome.errors.contains("srto.log.level is \"loud\""))
        }
        try await starting(with: ["SRTO_AMQP_URL": "http://x"]) { outcome in
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("SRTO_AMQP_URL"))
        }
    }

    @Test(
        "a geocoder that is set up wrong is told of, without what may be secret",
        arguments: [
            (["PROVIDER": "bing"], #"srto.geocoder.provider is "bing": one of off, nominatim, google"#),
            (["PROVIDER": "google"], "srto.geocoder.key is missing"),
            (["PROVIDER": "nominatim", "URL": "http://user:hidden@host"], "srto.geocoder.url must be"),
            (["PROVIDER": "nominatim", "COUNTRY": "Germany"], #"srto.geocoder.country is "Germany""#),
            (["PROVIDER": "nominatim", "BOX": "1,2,3"], "srto.geocoder.box must be south,west,north,east"),
            (["PER_SECOND": "51"], "srto.geocoder.per.second is 51"),
        ])
    func geocoder(_ settings: [String: String], fault: String) async throws {
        let named = Dictionary(uniqueKeysWithValues: settings.map { ("SRTO_GEOCODER_" + $0, $1) })
        try await starting(with: named) { outcome in
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains(fault), "\(outcome.errors)")
            #expect(!outcome.errors.contains("hidden"))
        }
    }

    @Test("its port is taken")
    func portTaken() async throws {
        try await RunningServer.with { server, folder in
            var settings = await server.environment
            settings["SRTO_HOME"] = folder.appending(path: "other").path
            let binary = URL(filePath: try TestServers.setting("SRTO_TEST_BINARY"))
            let outcome = try await within(.seconds(60), "the end of the second server") { [settings] in
                try await Command.run(binary, ["serve"], environment: settings)
            }
            #expect(outcome.status == 1)
            #expect(outcome.complaints.last?.contains("is taken") == true, "\(outcome.errors)")
            #expect(outcome.complaints.last?.contains("--port") == true)
            // The first one goes on.
            #expect(try await server.run(["territory", "list"]).status == 0)
        }
    }

    private func starting(with settings: [String: String], _ check: (CommandOutcome) throws -> Void) async throws {
        try await TestFolder.with { folder in
            try await TestVirtualHost.with { host in
                let server = try ServerProcess(folder: folder, host: host, settings: settings)
                let outcome = try await within(.seconds(60), "the end of a server that cannot start") {
                    try await server.run(["serve"])
                }
                try check(outcome)
            }
        }
    }
}
