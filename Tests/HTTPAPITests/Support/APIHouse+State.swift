import Domain
import Testing

extension APIHouse {
    /// Brings a session to a status, as the workers would have.
    func setStatus(_ status: ImportStatus, of id: String) async throws {
        try await change(id) { $0.status = status }
    }

    /// Changes a session in the catalog.
    func change(_ id: String, _ change: @Sendable @escaping (inout ImportSession) -> Void) async throws {
        try await catalog.write { writer in
            var session = try #require(try writer.session(id))
            change(&session)
            try writer.save(session)
        }
    }
}
