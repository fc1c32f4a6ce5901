import Domain

/// An entity compiled against a file's header: where each target column comes from, and what is checked.
struct RecordPlan: Sendable {
    /// How one target column is filled.
    struct Target: Sendable {
        /// Position in `EntityTable.columns`.
        let position: Int
        let column: Column
        /// Positions in the header.
        let sources: [Int]
        let transform: Transform
        let defaultValue: String?
        let required: Bool
        /// What the report calls it: the source columns, or the target's name.
        let label: String
    }

    /// A transform ready to run.
    enum Transform: Sendable {
        case copy, upper, lower
        case date(DatePattern)
        case lookup(LookupTable, name: String)
        case const(String)
        case concat(prefix: String, separator: String)
        case contentHash(prefix: String)
        case amount(factor: Double)
    }

    let table: EntityTable
    let targets: [Target]
    let rules: [ValidationRule]
    /// The patterns of the rules that have one, in the order of `rules`.
    let patterns: [TextPattern?]
    let header: [String]

    /// Compiles `entity` for a file with this header.
    /// - Throws: `SchemaMismatch` naming the columns that the file lacks.
    init(entity: ImportEntity, schema: ImportSchema, header: [String]) throws(SchemaMismatch) {
        var missing: [String] = []
        var targets: [Target] = []
        for mapping in entity.fieldMappings {
            guard let position = entity.table.index(of: mapping.targetField) else { continue }
            let found = mapping.sources.compactMap(header.firstIndex(of:))
            missing += mapping.sources.filter { !header.contains($0) }
            let column = entity.table.columns[position]
            targets.append(
                Target(
                    position: position, column: column, sources: found,
                    transform: Self.transform(mapping, schema),
                    defaultValue: mapping.defaultValue,
                    required: column.required || entity.requiredFields.contains(column.name),
                    label: mapping.sources.isEmpty ? column.name : mapping.sources.joined(separator: "+")))
        }
        guard missing.isEmpty else {
            throw SchemaMismatch(missingColumns: Array(Set(missing)).sorted(), header: header)
        }
        table = entity.table
        self.targets = targets.sorted { $0.position < $1.position }
        rules = entity.validations ?? []
        patterns = rules.map(Self.pattern)
        self.header = header
    }

    /// Positions of the mapped columns, ascending.
    static func mappedColumns(of entity: ImportEntity) -> [Int] {
        entity.fieldMappings.compactMap { entity.table.index(of: $0.targetField) }.sorted()
    }

    /// Positions of the mapped columns that only new rows take, ascending: planning owns them.
    static func keptColumns(of entity: ImportEntity) -> [Int] {
        mappedColumns(of: entity).filter { position in
            let column = entity.table.columns[position]
            return column.isPlanned && entity.planningColumns?.contains(column.name) != true
        }
    }

    private static func pattern(of rule: ValidationRule) -> TextPattern? {
        guard let text = rule.pattern else { return nil }
        do throws(PatternFault) {
            return try TextPattern(text)
        } catch {
            // No schema with such a pattern was ever kept: `SchemaCheck` refuses it.
            return nil
        }
    }

    private static func transform(_ mapping: FieldMapping, _ schema: ImportSchema) -> Transform {
        switch mapping.transform {
        case nil: .copy
        case .upper: .upper
        case .lower: .lower
        case .dateFormat: DatePattern(mapping.format ?? "").map(Transform.date) ?? .copy
        case .lookup:
            .lookup(
                LookupTable(schema.lookupTables?[mapping.lookupTable ?? ""] ?? LookupSource(entries: [:])),
                name: mapping.lookupTable ?? "")
        case .const: .const(mapping.value ?? "")
        case .concat: .concat(prefix: mapping.prefix ?? "", separator: mapping.separator ?? "")
        case .contentHash: .contentHash(prefix: mapping.prefix ?? "")
        case .amount: .amount(factor: mapping.factor ?? 1)
        }
    }
}

/// A file lacks columns that its entity maps.
struct SchemaMismatch: Error {
    let missingColumns: [String]
    let header: [String]
}
