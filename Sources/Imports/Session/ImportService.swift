package import Catalog
package import Domain
import Foundation
package import Jobs
package import ObjectStore

/// What producers ask of imports. Each call is authorised here.
package struct ImportService: Sendable {
    let catalog: any Catalog
    let store: any ObjectStore
    let signer: URLSigner
    let hotState: any ImportHotState
    let control: ControlSignal
    let limits: ImportLimits

    package init(
        catalog: any Catalog, store: any ObjectStore, signer: URLSigner, hotState: any ImportHotState,
        control: ControlSignal, limits: ImportLimits = ImportLimits()
    ) {
        self.catalog = catalog
        self.store = store
        self.signer = signer
        self.hotState = hotState
        self.control = control
        self.limits = limits
    }

    /// Seconds for which a signed URL holds.
    package var urlSeconds: Int { limits.urlSeconds }

    /// Keeps a schema after checking it whole. Its newest version is what everybody's imports run by, so only an
    /// administrator may save one.
    /// - Throws: `RequestError` that lists every fault.
    package func save(_ schema: ImportSchema, by user: UserContext) async throws {
        guard user.role == .admin else {
            throw RequestError(
                .insufficientPermissions, "\(user.userId) may not save schemas: ask an administrator to save this one.")
        }
        try SchemaCheck.demandSound(schema)
        let saved = try await catalog.write { try $0.save(schema) }
        guard saved else {
            throw RequestError(
                .schemaValidationFailed,
                "schema \(schema.schemaId) has a version \(schema.version) already, and it differs: save it under a new version.",
                status: 409)
        }
    }

    /// The newest version of every schema.
    package func schemas(for user: UserContext) async throws -> [ImportSchema] {
        try Self.demandImporter(user)
        return try await catalog.read { try $0.schemas() }
    }

    /// Opens a session and says where to upload its files.
    package func open(
        schemaID: String, version: String?, files: [DeclaredFile], by user: UserContext, traceparent: String?
    ) async throws -> OpenedSession {
        try Self.demandImporter(user)
        let schema = try await catalog.read { try $0.schema(schemaID, version: version) }
        guard let schema else {
            throw RequestError(
                .schemaValidationFailed,
                "there is no schema \(schemaID.prefix(100))\(version.map { " version \($0.prefix(40))" } ?? ""); "
                    + "GET /api/import/schema lists those there are.")
        }
        let entities = try SessionFiles.entities(of: files, in: schema, limits: limits)
        let id = "imp_" + UUID().uuidString.replacing("-", with: "").lowercased()
        let session = ImportSession(
            sessionID: id, userID: user.userId, schemaID: schema.schemaId, schemaVersion: schema.version,
            createdAt: Date.now.iso8601, traceparent: traceparent)
        try await catalog.write { writer in
            try OutboxBound(entries: limits.outboxEntries).demandRoom(writer)
            try demandRoom(for: user, writer)
            try writer.save(session)
            for (index, file) in files.enumerated() {
                try writer.save(
                    ImportFile(
                        sessionID: id, index: index, fileName: file.name, entity: entities[index],
                        declaredSize: file.size, format: file.format))
            }
            try writer.tell(session)
        }
        let expires = Date.now.addingTimeInterval(TimeInterval(limits.urlSeconds))
        let urls = files.enumerated().map { index, file in
            (file.name, signer.path(.put, ObjectLayout.upload(session: id, file: index), expires: expires))
        }
        let resumable = files.enumerated().map { index, file in (file.name, resumablePath(session: id, file: index)) }
        return OpenedSession(
            sessionId: id, uploadUrls: Dictionary(uniqueKeysWithValues: urls),
            resumableUrls: Dictionary(uniqueKeysWithValues: resumable), expiresIn: limits.urlSeconds)
    }

    /// Nobody fills the catalog with sessions that are never started.
    private func demandRoom(for user: UserContext, _ reader: any CatalogReader) throws {
        let most = limits.uploadingSessions
        let open = try reader.sessions(SessionQuery(userID: user.userId, status: .uploading, limit: most))
        guard open.count < most else {
            throw RequestError(
                status: 429,
                "\(most) sessions of yours wait for their files already: start or cancel some of them, or wait until they "
                    + "expire after \(limits.uploadHours) hours.")
        }
    }

    /// A session that the user may see.
    func session(_ id: String, for user: UserContext) async throws -> ImportSession {
        let session = try await catalog.read { try $0.session(id) }
        // One answer for a session that is not there and for another's: ids cannot be probed.
        guard let session, user.maySeeSession(ownedBy: session.userID) else {
            throw RequestError(
                status: 404,
                "there is no import session \(id.prefix(100)) of yours: check the id, and whose token is used.")
        }
        return session
    }

    static func demandImporter(_ user: UserContext) throws {
        guard user.mayImport else {
            throw RequestError(
                .insufficientPermissions,
                "\(user.userId) lacks the permission \(Permission.importData.rawValue): ask an administrator for an "
                    + "assignment with it.")
        }
    }
}
