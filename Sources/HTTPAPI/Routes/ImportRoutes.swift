import Domain
import HTTPTypes
import Hummingbird
import Imports

/// `/api/import/…` (specification, section 3.2 and appendix A).
struct ImportRoutes {
    private struct SessionRequest: Decodable {
        struct File: Decodable {
            var fileName: String
            var fileSize: WholeNumber
            /// How it is to be read, where that is not to be found out.
            var format: FileFormat?
        }

        var schemaId: String
        var schemaVersion: String?
        var files: [File]
    }

    private struct SessionAnswer: Encodable {
        var sessionId: String
        var uploadUrls: [String: String]
        var resumableUrls: [String: String]
        var expiresIn: Int
    }

    private struct SessionReference: Decodable {
        var sessionId: String
        /// Of a processing: imports files nevertheless that were imported before.
        var again: Bool?
    }

    private struct RollbackRequest: Decodable {
        var sessionId: String
        var force: Bool?
    }

    private struct UploadRequest: Decodable {
        var sessionId: String
        var fileName: String
    }

    private struct UploadAnswer: Encodable {
        var uploadUrl: String
        var resumableUrl: String
        var expiresIn: Int
    }

    private struct SchemaList: Encodable { var schemas: [ImportSchema] }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.post, "/api/import/schema", use: saveSchema)
        routes.on(.get, "/api/import/schema", use: listSchemas)
        routes.on(.post, "/api/import/session", use: openSession)
        routes.on(.post, "/api/import/upload", use: uploadURL)
        routes.on(.post, "/api/import/validate") { request, context in
            try await start(request, context) { try await services.imports.validate(session: $0.sessionId, by: $1) }
        }
        routes.on(.post, "/api/import/process") { request, context in
            try await start(request, context) {
                try await services.imports.process(session: $0.sessionId, by: $1, again: $0.again ?? false)
            }
        }
        routes.on(.post, "/api/import/cancel", use: cancel)
        routes.on(.post, "/api/import/rollback", use: rollback)
    }

    private func saveSchema(_ request: Request, _ context: APIContext) async throws -> Response {
        let schema = try await request.json(ImportSchema.self, context, fault: .schemaValidationFailed)
        try await services.imports.save(schema, by: try context.requireUser())
        return try .json(schema, status: .created)
    }

    private func listSchemas(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(SchemaList(schemas: try await services.imports.schemas(for: try context.requireUser())))
    }

    private func openSession(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        let asked = try await request.json(SessionRequest.self, context)
        let opened = try await services.imports.open(
            schemaID: asked.schemaId, version: asked.schemaVersion,
            files: asked.files.map { DeclaredFile(name: $0.fileName, size: $0.fileSize.value, format: $0.format) },
            by: user,
            traceparent: context.trace.description)
        let origin = request.origin(publicURL: services.publicURL)
        let answer = SessionAnswer(
            sessionId: opened.sessionId, uploadUrls: opened.uploadUrls.mapValues { origin + $0 },
            resumableUrls: opened.resumableUrls.mapValues { origin + $0 },
            expiresIn: opened.expiresIn)
        return try .json(answer, status: .created, headers: [.location: Self.path(opened.sessionId)])
    }

    private func uploadURL(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        let asked = try await request.json(UploadRequest.self, context)
        let urls = try await services.imports.uploadURLs(session: asked.sessionId, fileName: asked.fileName, by: user)
        let origin = request.origin(publicURL: services.publicURL)
        return try .json(
            UploadAnswer(
                uploadUrl: origin + urls.whole, resumableUrl: origin + urls.parts,
                expiresIn: services.imports.urlSeconds))
    }

    private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        let asked = try await request.json(SessionReference.self, context)
        return try .json(try await services.imports.cancel(session: asked.sessionId, by: user))
    }

    private func rollback(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        let asked = try await request.json(RollbackRequest.self, context)
        let progress = try await services.imports.rollBack(
            session: asked.sessionId, isForced: asked.force ?? false, by: user)
        return try .json(
            progress, status: .accepted,
            headers: [.location: Self.path(asked.sessionId), .retryAfter: "1"])
    }

    private func start(
        _ request: Request, _ context: APIContext,
        _ start: (SessionReference, UserContext) async throws -> ImportProgress
    ) async throws -> Response {
        let user = try context.requireUser()
        let asked = try await request.json(SessionReference.self, context)
        let progress = try await start(asked, user)
        return try .json(
            progress, status: .accepted,
            headers: [.location: Self.path(asked.sessionId), .retryAfter: "1"])
    }

    private static func path(_ session: String) -> String { "/api/import/session/\(session)" }
}
