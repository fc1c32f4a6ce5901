import Foundation
import TestSupport
import Yams

/// `docker/compose.yaml`, its variables filled in, as far as the tests run it.
struct ComposeFile {
    /// A container's file and what it comes from: a path beside the compose file, a volume or a config.
    struct Mount: Equatable {
        let source: String
        let target: String
    }

    /// One service.
    struct Service {
        let keys: [String: Any]

        var image: String { keys["image"] as? String ?? "" }
        var command: [String] { keys["command"] as? [String] ?? [] }
        var ports: [String] { keys["ports"] as? [String] ?? [] }
        var environment: [String: String] { keys["environment"] as? [String: String] ?? [:] }

        /// The health check as the engine runs it: `CMD` without a shell, `CMD-SHELL` with one.
        var healthCheck: [String] {
            let check = (keys["healthcheck"] as? [String: Any])?["test"] as? [String] ?? []
            return check.first == "CMD-SHELL" ? ["/bin/sh", "-c"] + check.dropFirst() : Array(check.dropFirst())
        }

        /// Services that have to be healthy first.
        var waitsFor: Set<String> {
            let all = keys["depends_on"] as? [String: [String: Any]] ?? [:]
            return Set(all.filter { $0.value["condition"] as? String == "service_healthy" }.keys)
        }

        var mounts: [Mount] {
            (keys["volumes"] as? [String] ?? []).compactMap { entry in
                let parts = entry.split(separator: ":").map(String.init)
                return parts.count < 2 ? nil : Mount(source: parts[0], target: parts[1])
            }
        }

        var configs: [Mount] {
            (keys["configs"] as? [[String: String]] ?? []).map {
                Mount(source: $0["source"] ?? "", target: $0["target"] ?? "")
            }
        }

        /// How long the engine waits after SIGTERM; written in whole seconds.
        var gracePeriod: Duration? {
            (keys["stop_grace_period"] as? String).flatMap { Int($0.dropLast()) }.map { .seconds($0) }
        }

        /// `deploy.resources.limits`.
        var limits: [String: Any] {
            let deploy = keys["deploy"] as? [String: Any]
            return (deploy?["resources"] as? [String: Any])?["limits"] as? [String: Any] ?? [:]
        }
    }

    let services: [String: Service]
    /// Contents of the configs.
    let configs: [String: String]
    let volumes: Set<String>

    static let folder = TestServers.repository.appending(path: "docker")

    /// Reads the file.
    /// - Throws: `ComposeError` for a variable that is demanded and not given.
    init(variables: [String: String]) throws {
        let text = try String(contentsOf: Self.folder.appending(path: "compose.yaml"), encoding: .utf8)
        let root = try Self.fill(try Yams.load(yaml: text) ?? [:], variables) as? [String: Any] ?? [:]
        services = (root["services"] as? [String: [String: Any]] ?? [:]).mapValues(Service.init)
        configs = (root["configs"] as? [String: [String: String]] ?? [:]).compactMapValues { $0["content"] }
        volumes = Set((root["volumes"] as? [String: Any] ?? [:]).keys)
    }

    /// The service of this name.
    func service(_ name: String) throws -> Service {
        guard let service = services[name] else { throw ComposeError(description: "there is no service \(name)") }
        return service
    }

    private static func fill(_ value: Any, _ variables: [String: String]) throws -> Any {
        switch value {
        case let text as String: try fill(text, variables)
        case let list as [Any]: try list.map { try fill($0, variables) }
        case let map as [AnyHashable: Any]:
            Dictionary(
                uniqueKeysWithValues: try map.map { ($0.key.base as? String ?? "", try fill($0.value, variables)) })
        default: value
        }
    }

    /// `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as compose reads them.
    private static func fill(_ text: String, _ variables: [String: String]) throws -> String {
        try text.replacing(/\$\{(\w+)(?::([-?])([^}]*))?\}/) { match in
            if let value = variables[String(match.1)], !value.isEmpty { return value }
            guard match.2 == "-" else { throw ComposeError(description: "\(match.1) is not set") }
            return String(match.3 ?? "")
        }
    }
}

/// Why the compose file cannot be used.
struct ComposeError: Error, CustomStringConvertible {
    let description: String
}
