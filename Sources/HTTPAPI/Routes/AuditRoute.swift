import Catalog
import Domain
import Hummingbird
import Imports

/// `GET /api/import/audit`, for administrators.
struct AuditRoute {
    private struct Page: Encodable {
        struct Entry: Encodable {
            var numbered: NumberedAuditEntry

            private enum CodingKeys: String, CodingKey { case id }

            func encode(to encoder: any Encoder) throws {
                try numbered.entry.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(String(numbered.number), forKey: .id)
            }
        }

        var entries: [Entry]
        /// For `?cursor=`; left out at the end.
        var nextCursor: String?
    }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.get, "/api/import/audit", use: page)
    }

    private func page(_ request: Request, _ context: APIContext) async throws -> Response {
        let cursor = try request.queryValue("cursor").map { text throws(RequestError) in
            guard let number = Int64(text) else {
                throw RequestError(status: 400, "cursor is the nextCursor of the page before.")
            }
            return number
        }
        let limit = try request.limit(default: 50, most: ImportService.mostAuditEntries)
        let query = AuditQuery(
            userID: try request.queryValue("userId"), sessionID: try request.queryValue("sessionId"), before: cursor,
            limit: limit)
        let entries = try await services.imports.audit(query, for: try context.requireUser())
        return try .json(
            Page(
                entries: entries.map { Page.Entry(numbered: $0) },
                nextCursor: entries.count < limit ? nil : entries.last.map { String($0.number) }))
    }
}
