import Domain
import Foundation
import NIOCore

/// A session ready for its uploads, as the server tells it.
struct OpenedSessionDocument: Sendable, Decodable {
    var sessionId: String
    /// Where to PUT each file, by name.
    var uploadUrls: [String: String]
    /// Where to upload each file in parts, by name; nil of a server that does not take parts.
    var resumableUrls: [String: String]?
    /// Seconds.
    var expiresIn: Int?
}

extension ServerAPI {
    private struct Opening: Encodable {
        struct File: Encodable {
            var fileName: String
            var fileSize: Int64
            var format: FileFormat?
        }

        var schemaId: String
        var schemaVersion: String?
        var files: [File]
    }

    private struct Reference: Encodable {
        var sessionId: String
        var again: Bool?
    }

    private struct Rollback: Encodable {
        var sessionId: String
        var force: Bool
    }

    /// Opens a session. One opened twice because an answer was lost expires by itself.
    func openSession(
        schema: String, version: String?, files: [LocalFile]
    ) async throws(ClientError) -> OpenedSessionDocument {
        let opening = Opening(
            schemaId: schema, schemaVersion: version,
            files: files.map { Opening.File(fileName: $0.name, fileSize: $0.size, format: $0.format) })
        return try await fetch(
            Call(method: .POST, url: address.url("/api/import/session"), body: .json(try Self.json(opening))),
            as: OpenedSessionDocument.self)
    }

    /// Uploads a file, from its beginning each time the connection breaks.
    func upload(
        _ file: LocalFile, to link: String, progress: @escaping @Sendable (Int64) -> Void
    ) async throws(ClientError) {
        _ = try await fetch(
            Call(
                method: .PUT, url: address.resolve(link), body: .file(file, progress: progress), limit: .hours(6)))
    }

    /// Asks for the files to be validated, and merged where `goal` says so. Asking twice starts it once.
    /// - Parameter again: has files merged that were imported before, though their effect stands.
    func start(_ sessionID: String, goal: ImportGoal, again: Bool = false) async throws(ClientError) {
        let path = goal == .merged ? "/api/import/process" : "/api/import/validate"
        let body = try Self.json(Reference(sessionId: sessionID, again: again ? true : nil))
        do {
            _ = try await fetch(Call(method: .POST, url: address.url(path), body: .json(body)))
        } catch {
            // The first request may have been heard though its answer was lost: then the session is under way.
            guard case .refused(409) = error.code, try await session(sessionID).status != .uploading else {
                throw error
            }
        }
    }

    /// Ends a session before it is merged.
    func cancel(_ sessionID: String) async throws(ClientError) -> JSONValue {
        let body = try Self.json(Reference(sessionId: sessionID))
        return try await fetch(
            Call(method: .POST, url: address.url("/api/import/cancel"), body: .json(body)), as: JSONValue.self)
    }

    /// Asks for an applied session to be taken back.
    func rollBack(_ sessionID: String, isForced: Bool) async throws(ClientError) {
        let body = try Self.json(Rollback(sessionId: sessionID, force: isForced))
        _ = try await fetch(Call(method: .POST, url: address.url("/api/import/rollback"), body: .json(body)))
    }

    /// How a session stands.
    func session(_ id: String) async throws(ClientError) -> SessionDocument {
        try await fetch(sessionCall(id), as: SessionDocument.self)
    }

    /// The same, with whatever else the server tells.
    func sessionJSON(_ id: String) async throws(ClientError) -> JSONValue {
        try await fetch(sessionCall(id), as: JSONValue.self)
    }

    private func sessionCall(_ id: String) -> Call {
        Call(url: address.url("/api/import/session", query: [("sessionId", id)]))
    }

    static func json(_ value: some Encodable) throws(ClientError) -> Data {
        do {
            return try JSONEncoder().encode(value)
        } catch {
            throw ClientError(.usage, "the request cannot be written (\(error))")
        }
    }
}
