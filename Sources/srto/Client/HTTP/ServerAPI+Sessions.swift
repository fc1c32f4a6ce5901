import Foundation

extension ServerAPI {
    /// Entries of one page, as many as the server gives.
    private static let pageLimit = 200

    /// Sessions, newest first.
    func sessions(stuck: Bool, status: String?, limit: Int) async throws(ClientError) -> [JSONValue] {
        var query: [(name: String, value: String)] = stuck ? [("stuck", "true")] : []
        if let status { query.append(("status", status)) }
        return try await pages("/api/import/sessions", query, named: "sessions", limit: limit)
    }

    /// Imports that ended, newest first.
    func audit(user: String?, session: String?, limit: Int) async throws(ClientError) -> [JSONValue] {
        var query: [(name: String, value: String)] = []
        if let user { query.append(("userId", user)) }
        if let session { query.append(("sessionId", session)) }
        return try await pages("/api/import/audit", query, named: "entries", limit: limit)
    }

    /// The first issues of each code of a session's report.
    func issues(ofSession id: String) async throws(ClientError) -> SessionIssuesDocument {
        try await fetch(issuesCall(id), as: SessionIssuesDocument.self)
    }

    /// A session with whatever the server tells of it, its issues among it.
    func sessionWithIssues(_ id: String) async throws(ClientError) -> JSONValue {
        guard case .object(var session) = try await sessionJSON(id) else { return .null }
        session["issues"] = try await fetch(issuesCall(id), as: JSONValue.self)["issues"] ?? .array([])
        return .object(session)
    }

    private func issuesCall(_ id: String) -> Call {
        Call(url: address.url("/api/import/session/\(ServerAddress.escaped(id))/issues"))
    }

    /// Reads a list page by page until it ends or has `limit` entries.
    func pages(
        _ path: String, _ query: [(name: String, value: String)], named name: String, limit: Int
    ) async throws(ClientError) -> [JSONValue] {
        var entries: [JSONValue] = []
        var cursor: String?
        repeat {
            var asked = query + [("limit", String(min(Self.pageLimit, limit - entries.count)))]
            if let cursor { asked.append(("cursor", cursor)) }
            let page = try await fetch(Call(url: address.url(path, query: asked)), as: JSONValue.self)
            guard let list = page.list(name) else {
                throw ClientError(
                    .misunderstood, "the answer of \(path) has no list '\(name)'",
                    advice: "check that server and client are of one version")
            }
            entries += list
            cursor = list.isEmpty ? nil : page["nextCursor"]?.cell
        } while cursor != nil && entries.count < limit
        return entries
    }
}
