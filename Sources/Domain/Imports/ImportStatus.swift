/// Where an import session stands.
package enum ImportStatus: String, Sendable, Codable, CaseIterable {
    case uploading = "UPLOADING"
    case validating = "VALIDATING"
    case validated = "VALIDATED"
    case processing = "PROCESSING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"
    case rolledBack = "ROLLED_BACK"
    case expired = "EXPIRED"

    /// Whether nothing more will happen to the session by itself.
    package var isTerminal: Bool {
        switch self {
        case .completed, .failed, .cancelled, .rolledBack, .expired: true
        case .uploading, .validating, .validated, .processing: false
        }
    }
}

/// The stages of an import, in the order in which they run and in which a client draws their bars.
package enum ImportStage: String, Sendable, Codable, CaseIterable {
    case upload, schema, validate, resolve, merge, snapshots
}
