/// How the files of an import become rows of the catalog (specification, section 5.2).
package struct ImportSchema: Sendable, Codable, Equatable {
    package var schemaId: String
    package var schemaName: String
    package var version: String
    package var deltaStrategy: DeltaStrategy
    /// Share of refused records (0...1) above which the whole session fails; nil means that no share does.
    package var errorThreshold: Double?
    package var lookupTables: [String: LookupSource]?
    package var entities: [String: ImportEntity]
    package var relationships: [Relationship]?

    /// What the entities that fill a table say of rows missing from their files; they agree.
    package func fullReplace(of table: EntityTable) -> FullReplace? {
        entities.values.lazy.filter { $0.table == table }.compactMap(\.fullReplace).first
    }

    /// Positions of the columns that are added up over the records of one key, ascending; the entities that fill a table agree.
    package func sums(of table: EntityTable) -> [Int] {
        let names = entities.values.lazy.filter { $0.table == table }.compactMap(\.sums).first ?? []
        return names.compactMap(table.index(of:)).sorted()
    }

    /// Whether rows of any table may go.
    package var replaces: Bool { entities.values.contains { $0.fullReplace != nil } }

    package init(
        schemaId: String, schemaName: String, version: String, deltaStrategy: DeltaStrategy, errorThreshold: Double?,
        lookupTables: [String: LookupSource]?, entities: [String: ImportEntity], relationships: [Relationship]?
    ) {
        self.schemaId = schemaId
        self.schemaName = schemaName
        self.version = version
        self.deltaStrategy = deltaStrategy
        self.errorThreshold = errorThreshold
        self.lookupTables = lookupTables
        self.entities = entities
        self.relationships = relationships
    }
}

/// What happens to a row whose key the catalog already has.
package enum DeltaStrategy: String, Sendable, Codable, CaseIterable {
    /// Mapped columns overwrite, unmapped ones keep their value.
    case upsert = "UPSERT"
    /// Only mapped, non-empty fields overwrite.
    case merge = "MERGE"
    /// A row whose key exists is refused.
    case append = "APPEND"
}

/// One kind of file and the table that it fills.
package struct ImportEntity: Sendable, Codable, Equatable {
    package var table: EntityTable
    /// Glob patterns over the file name, `*` and `?` only.
    package var files: [String]
    package var primaryKey: String
    /// Names of the columns of files that have no header, one for each; nil when the first record names them.
    package var columns: [String]?
    package var requiredFields: [String]
    package var fieldMappings: [FieldMapping]
    package var validations: [ValidationRule]?
    /// Nil when rows that are missing from the files stay.
    package var fullReplace: FullReplace?
    /// Number columns that are added up over all records of a session with one key, of which the last says the rest. Nil
    /// when such records are duplicates.
    package var sums: [String]?
    /// Mapped columns that planning owns and that this entity changes nevertheless in rows that are there.
    package var planningColumns: [String]?

    package init(
        table: EntityTable, files: [String], primaryKey: String, requiredFields: [String],
        fieldMappings: [FieldMapping], validations: [ValidationRule]?, fullReplace: FullReplace? = nil
    ) {
        self.table = table
        self.files = files
        self.primaryKey = primaryKey
        self.requiredFields = requiredFields
        self.fieldMappings = fieldMappings
        self.validations = validations
        self.fullReplace = fullReplace
    }
}

/// A reference from one column to another table's key: `outlets.dt_code` to `distributors.dt_code`.
package struct Relationship: Sendable, Codable, Equatable {
    package var from: String
    package var to: String
    package var severity: IssueSeverity?
}

/// Where a lookup table comes from: a file of the server's own `Config/lookups`, or entries in the schema itself.
package struct LookupSource: Sendable, Codable, Equatable {
    /// A file name in the server's lookup folder; accepted only in schemas that the server ships.
    package var file: String?
    package var key: String?
    package var value: String?
    package var entries: [String: String]?

    package init(entries: [String: String]) { self.entries = entries }
}
