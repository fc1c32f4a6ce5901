import Foundation
import TestSupport
import Testing

/// What can be told of the compose file without running it.
struct ComposeFileTests {
    private static let roles = ["http", "import", "snapshot", "relay"]
    private let compose: ComposeFile

    init() throws { compose = try ComposeFile(variables: NativeStack.variables) }

    @Test func `every role runs in exactly one service`() throws {
        #expect(Set(compose.services.keys) == Set(Self.roles + ["rabbitmq", "redis"]))
        let roles = try Self.roles.flatMap { name in
            let command = try compose.service(name).command
            #expect(command.prefix(2) == ["serve", "--roles"])
            return command.last?.split(separator: ",").map(String.init) ?? []
        }
        #expect(roles.sorted() == ["api", "import", "notifier", "relay", "snapshot"])
    }

    @Test(arguments: roles)
    func `a role waits for its servers and shares one home`(name: String) throws {
        let service = try compose.service(name)
        #expect(service.waitsFor == ["rabbitmq", "redis"])
        let home = try #require(service.environment["SRTO_HOME"])
        #expect(service.mounts == [ComposeFile.Mount(source: "srto-data", target: home)])
        #expect(service.gracePeriod == .seconds(30))
        #expect(try Dockerfile().last("VOLUME")?.arguments == home)
    }

    @Test func `every service restarts, is bounded, is checked, and listens on loopback only`() throws {
        for (name, service) in compose.services {
            #expect(service.keys["restart"] as? String == "unless-stopped", "\(name)")
            #expect(service.limits["memory"] != nil && service.limits["cpus"] != nil, "\(name)")
            #expect(!service.healthCheck.isEmpty, "\(name)")
            #expect(service.ports.allSatisfy { $0.hasPrefix("127.0.0.1:") }, "\(name)")
        }
    }

    @Test func `what is mounted exists`() throws {
        for (name, service) in compose.services {
            for mount in service.mounts {
                if mount.source.hasPrefix(".") {
                    let file = ComposeFile.folder.appending(path: mount.source).path
                    #expect(FileManager.default.fileExists(atPath: file), "\(name): \(mount.source)")
                } else {
                    #expect(compose.volumes.contains(mount.source), "\(name): \(mount.source)")
                }
            }
            for config in service.configs { #expect(compose.configs[config.source] != nil, "\(name): \(config)") }
        }
        let mounted = try compose.service("rabbitmq").mounts.map(\.source)
        #expect(mounted.contains("../topology/definitions.json"))
    }

    @Test func `a password that is not set is refused, and none is written down`() throws {
        for name in NativeStack.variables.keys {
            var variables = NativeStack.variables
            variables[name] = nil
            #expect(throws: ComposeError.self) { try ComposeFile(variables: variables) }
        }
        let example = try String(contentsOf: ComposeFile.folder.appending(path: ".env.example"), encoding: .utf8)
        let lines = example.split(separator: "\n")
        for name in NativeStack.variables.keys { #expect(lines.contains("\(name)="), "\(name)") }
    }

    /// Seen red: none of them was.
    @Test func `what is set of the geocoder reaches the role that asks it`() throws {
        let document = try String(
            contentsOf: TestServers.repository.appending(path: "docs/settings.md"), encoding: .utf8)
        let names = Set(document.matches(of: /`(SRTO_GEOCODER_[A-Z_]+)`/).map { String($0.1) })
        #expect(names.count == 7)
        var variables = NativeStack.variables
        for name in names { variables[name] = "value of \(name)" }
        let environment = try ComposeFile(variables: variables).service("import").environment
        for name in names { #expect(environment[name] == "value of \(name)", "\(name)") }
    }
}
