package import Catalog
package import Domain

extension ImportService {
    /// Entries of one page of the audit at most.
    package static var mostAuditEntries: Int { 200 }

    /// Imports that ended, the newest first.
    /// - Throws: `RequestError` (ERR_AUTH_002) for anybody but an administrator.
    package func audit(_ query: AuditQuery, for user: UserContext) async throws -> [NumberedAuditEntry] {
        guard user.role == .admin else {
            throw RequestError(
                .insufficientPermissions,
                "\(user.userId.prefix(100)) is no administrator: the audit is shown to the role ADMIN.")
        }
        var query = query
        query.limit = min(max(query.limit, 1), Self.mostAuditEntries)
        let asked = query
        return try await catalog.read { try $0.auditEntries(asked) }
    }
}
