/// What became of the records of a file or a session. Always `read = inserted + updated + unchanged + refused` once
/// the session has been merged.
package struct RecordCounts: Sendable, Codable, Equatable {
    /// Data records found, the header and empty lines not counted.
    package var read: Int
    package var inserted: Int
    package var updated: Int
    package var unchanged: Int
    /// Distinct records with at least one ERROR.
    package var refused: Int
    /// Issues of severity WARNING.
    package var warnings: Int

    package init(
        read: Int = 0, inserted: Int = 0, updated: Int = 0, unchanged: Int = 0, refused: Int = 0, warnings: Int = 0
    ) {
        self.read = read
        self.inserted = inserted
        self.updated = updated
        self.unchanged = unchanged
        self.refused = refused
        self.warnings = warnings
    }

    /// Records whose content the catalog has.
    package var merged: Int { inserted + updated + unchanged }

    /// Whether any row of the catalog is another one than before.
    package var changedAnything: Bool { inserted > 0 || updated > 0 }

    /// Adds another file's counts.
    package static func += (left: inout RecordCounts, right: RecordCounts) {
        left.read += right.read
        left.inserted += right.inserted
        left.updated += right.updated
        left.unchanged += right.unchanged
        left.refused += right.refused
        left.warnings += right.warnings
    }
}
