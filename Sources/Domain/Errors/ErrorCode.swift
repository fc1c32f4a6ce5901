/// The error codes of the specification's appendix B, with the HTTP status each one travels under.
package enum ErrorCode: String, Codable, Sendable, CaseIterable {
    case invalidToken = "ERR_AUTH_001"
    case insufficientPermissions = "ERR_AUTH_002"
    case territoryLocked = "ERR_LOCK_001"
    case lockExpired = "ERR_LOCK_002"
    case invalidFileFormat = "ERR_IMPORT_001"
    case schemaValidationFailed = "ERR_IMPORT_002"
    case importFailed = "ERR_IMPORT_003"
    case optimizationFailed = "ERR_OPT_001"
    case tooManyOutlets = "ERR_OPT_002"
    case territoryNotFound = "ERR_DATA_001"
    case snapshotFailed = "ERR_DATA_002"
    case sessionExpired = "ERR_SESSION_001"
    case sessionConflict = "ERR_SESSION_002"

    /// HTTP status of appendix B.
    package var httpStatus: Int {
        switch self {
        case .invalidFileFormat, .schemaValidationFailed, .tooManyOutlets: 400
        case .invalidToken: 401
        case .insufficientPermissions: 403
        case .territoryNotFound: 404
        case .territoryLocked, .sessionConflict: 409
        case .lockExpired, .sessionExpired: 410
        case .importFailed, .optimizationFailed, .snapshotFailed: 500
        }
    }

    /// Appendix B's description, a problem document's title.
    package var title: String {
        switch self {
        case .invalidToken: "Invalid authentication token"
        case .insufficientPermissions: "Insufficient permissions"
        case .territoryLocked: "Territory already locked"
        case .lockExpired: "Lock expired"
        case .invalidFileFormat: "Invalid file format"
        case .schemaValidationFailed: "Schema validation failed"
        case .importFailed: "Import job failed"
        case .optimizationFailed: "Optimization failed"
        case .tooManyOutlets: "Too many outlets for optimization"
        case .territoryNotFound: "Territory not found"
        case .snapshotFailed: "Snapshot generation failed"
        case .sessionExpired: "Session expired"
        case .sessionConflict: "Session conflict"
        }
    }
}
