import Domain

/// A record after mapping and checks.
struct MappedRecord {
    /// Cells in the order of `EntityTable.columns`, unmapped ones null.
    var values: [FieldValue]
    var issues: [ImportIssue] = []

    /// Whether an ERROR keeps it out of the catalog.
    var isRefused: Bool { issues.contains { $0.severity == .error } }
}
