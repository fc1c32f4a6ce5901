import ArgumentParser

/// What a process does; `srto serve` does all of it by default.
enum ServerRole: String, CaseIterable, Sendable {
    /// HTTP routes.
    case api
    /// WebSocket at `/api/events`.
    case notifier
    /// The import jobs.
    case `import`
    /// The snapshot jobs.
    case snapshot
    /// The outbox relay, dead letters and queue samples.
    case relay

    /// Reads `api,notifier`.
    static func list(_ text: String) throws -> Set<ServerRole> {
        let roles = try text.split(separator: ",").map { name in
            guard let role = ServerRole(rawValue: name.trimmingPrefix(" ").lowercased()) else {
                throw ValidationError(
                    "there is no role \"\(name)\": choose among \(allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return role
        }
        guard !roles.isEmpty else { throw ValidationError("--roles names no role.") }
        return Set(roles)
    }
}
