/// What became of the records of a file or a session. Always `read = inserted + updated + unchanged + refused` once
/// the session has been merged.
package struct RecordCounts: Sendable, Codable, Equatable {
    /// Data records found, the header and empty lines not counted.
    package var read: Int
    package var inserted: Int
    package var updated: Int
    package var unchanged: Int
    /// Rows of the catalog that went, as no record had their key (`FullReplace`); no records.
    package var deleted: Int
    /// Records that were added to another record's row (`ImportEntity.sums`).
    package var combined: Int
    /// Distinct records with at least one ERROR.
    package var refused: Int
    /// Issues of severity WARNING.
    package var warnings: Int

    package init(
        read: Int = 0, inserted: Int = 0, updated: Int = 0, unchanged: Int = 0, deleted: Int = 0, combined: Int = 0,
        refused: Int = 0, warnings: Int = 0
    ) {
        self.read = read
        self.inserted = inserted
        self.updated = updated
        self.unchanged = unchanged
        self.deleted = deleted
        self.combined = combined
        self.refused = refused
        self.warnings = warnings
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        read = try container.decode(Int.self, forKey: .read)
        inserted = try container.decode(Int.self, forKey: .inserted)
        updated = try container.decode(Int.self, forKey: .updated)
        unchanged = try container.decode(Int.self, forKey: .unchanged)
        // Versions that deleted nothing did not write it.
        deleted = try container.decodeIfPresent(Int.self, forKey: .deleted) ?? 0
        combined = try container.decodeIfPresent(Int.self, forKey: .combined) ?? 0
        refused = try container.decode(Int.self, forKey: .refused)
        warnings = try container.decode(Int.self, forKey: .warnings)
    }

    /// Records whose content the catalog has.
    package var merged: Int { inserted + updated + unchanged + combined }

    /// Whether any row of the catalog is another one than before.
    package var changedAnything: Bool { inserted > 0 || updated > 0 || deleted > 0 }

    /// Adds another file's counts.
    package static func += (left: inout RecordCounts, right: RecordCounts) {
        left.read += right.read
        left.inserted += right.inserted
        left.updated += right.updated
        left.unchanged += right.unchanged
        left.deleted += right.deleted
        left.combined += right.combined
        left.refused += right.refused
        left.warnings += right.warnings
    }
}
