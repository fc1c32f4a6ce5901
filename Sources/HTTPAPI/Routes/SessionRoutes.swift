import Catalog
import Domain
import Hummingbird
import Imports

/// How import sessions stand: one, its issues, and a page of them.
struct SessionRoutes {
    private struct Page: Encodable {
        struct Session: Encodable {
            var sessionId: String
            var userId: String
            var schemaId: String
            var schemaVersion: String
            var status: ImportStatus
            var stage: ImportStage
            var progress: Int
            var finished: Bool
            var results: ImportResults
            var createdAt: String
            var completedAt: String?
            var ageSeconds: Double
            var unchangedSeconds: Double
            var stuck: Bool
            var waiting: SessionWait?
            var errorCode: String?
            var errorMessage: String?

            init(_ entry: SessionPage.Entry) {
                sessionId = entry.progress.sessionId
                userId = entry.userId
                schemaId = entry.progress.schemaId
                schemaVersion = entry.schemaVersion
                status = entry.progress.status
                stage = entry.progress.stage
                progress = entry.progress.progress
                finished = entry.progress.finished
                results = entry.progress.results
                createdAt = entry.createdAt
                completedAt = entry.completedAt
                ageSeconds = entry.ageSeconds
                unchangedSeconds = entry.unchangedSeconds
                stuck = entry.waiting != nil
                waiting = entry.waiting
                errorCode = entry.progress.errorCode
                errorMessage = entry.progress.errorMessage
            }
        }

        var sessions: [Session]
        /// For `?cursor=`; left out at the end.
        var nextCursor: String?
    }

    private struct Issues: Encodable {
        var sessionId: String
        var issueCounts: [IssueTally.Code]
        var issues: [SessionIssues.Issue]
    }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.get, "/api/import/sessions", use: page)
        routes.on(.get, "/api/import/session", use: sessionByQuery)
        routes.on(.get, "/api/import/session/:id", use: sessionByPath)
        routes.on(.get, "/api/import/session/:id/issues", use: issues)
    }

    private func page(_ request: Request, _ context: APIContext) async throws -> Response {
        let status = try request.queryValue("status").map { name throws(RequestError) in
            guard let status = ImportStatus(rawValue: name.uppercased()) else {
                let names = ImportStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw RequestError(status: 400, "status is one of \(names).")
            }
            return status
        }
        let page = try await services.imports.sessions(
            status: status, stuck: try request.flag("stuck"), before: try Self.cursor(request),
            limit: try request.limit(default: 50, most: SessionPage.mostSessions), for: try context.requireUser())
        return try .json(
            Page(
                sessions: page.sessions.map(Page.Session.init),
                nextCursor: page.next.map { "\($0.createdAt)~\($0.sessionID)" }))
    }

    private static func cursor(_ request: Request) throws(RequestError) -> SessionPlace? {
        guard let text = try request.queryValue("cursor") else { return nil }
        let parts = text.split(separator: "~", maxSplits: 1)
        guard parts.count == 2 else {
            throw RequestError(status: 400, "cursor is the nextCursor of the page before.")
        }
        return SessionPlace(createdAt: String(parts[0]), sessionID: String(parts[1]))
    }

    private func sessionByQuery(_ request: Request, _ context: APIContext) async throws -> Response {
        guard let id = try request.queryValue("sessionId") else {
            throw RequestError(status: 400, "say which session: ?sessionId=…")
        }
        return try await report(id, request, context)
    }

    private func sessionByPath(_ request: Request, _ context: APIContext) async throws -> Response {
        try await report(try context.pathValue("id"), request, context)
    }

    private func report(_ id: String, _ request: Request, _ context: APIContext) async throws -> Response {
        let report = try await services.imports.report(onSession: id, for: try context.requireUser())
        return try .json(SessionAnswerReport(report, origin: request.origin(publicURL: services.publicURL)))
    }

    private func issues(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.pathValue("id")
        let found = try await services.imports.issues(ofSession: id, for: try context.requireUser())
        return try .json(
            Issues(sessionId: id, issueCounts: found?.tally.codes ?? [], issues: found?.issues ?? []))
    }
}
