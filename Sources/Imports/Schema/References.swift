import Domain

/// The references that a schema declares from one table.
struct References {
    /// One declared reference.
    struct Reference {
        /// Position of the column in its table, and in `columns`.
        let column: Int
        let slot: Int
        let target: EntityTable
        let severity: IssueSeverity
    }

    /// A column whose values stand once in a session.
    struct Unique {
        let column: Int
        let slot: Int
        let severity: IssueSeverity
    }

    /// A column that planning owns and that some entity maps without a say in it.
    struct Planned {
        let column: Int
        let slot: Int
    }

    /// Positions of the columns that resolve needs: the referring ones, those that must be unique or that planning owns, the one that says which
    /// territory a row belongs to, the one that is the scope of a full replacement and, of territories, those that place them
    /// in the hierarchy. Ascending, each once.
    let columns: [Int]
    let all: [Reference]
    let uniques: [Unique]
    let planned: [Planned]

    init(columns: [Int], all: [Reference], uniques: [Unique] = [], planned: [Planned] = []) {
        self.columns = columns
        self.all = all
        self.uniques = uniques
        self.planned = planned
    }

    init(_ schema: ImportSchema, from table: EntityTable) {
        let declared = (schema.relationships ?? []).compactMap { relationship -> (Int, EntityTable, IssueSeverity)? in
            guard let from = ColumnReference(relationship.from), from.table == table,
                let to = ColumnReference(relationship.to)
            else { return nil }
            return (from.column, to.table, relationship.severity ?? .error)
        }
        let hierarchy = table == .territories ? ["level", "parent_id"].compactMap(table.index(of:)) : []
        let unique = Self.uniqueColumns(of: table, in: schema)
        let home = table.territoryColumn.flatMap(table.index(of:))
        let scope = schema.fullReplace(of: table).flatMap { table.index(of: $0.scope) }
        let kept = Set(schema.entities.values.filter { $0.table == table }.flatMap(RecordPlan.keptColumns))
        let columns = Set(declared.map(\.0) + hierarchy + unique.keys + kept + [home, scope].compactMap(\.self))
            .sorted()
        func slot(_ column: Int) -> Int { columns.firstIndex(of: column) ?? 0 }
        self.columns = columns
        all = declared.map { column, target, severity in
            Reference(column: column, slot: slot(column), target: target, severity: severity)
        }
        uniques = unique.sorted { $0.key < $1.key }.map { column, severity in
            Unique(column: column, slot: slot(column), severity: severity)
        }
        planned = kept.sorted().map { Planned(column: $0, slot: slot($0)) }
    }

    /// Of several entities that fill the table, the strictest rule counts.
    private static func uniqueColumns(of table: EntityTable, in schema: ImportSchema) -> [Int: IssueSeverity] {
        var columns: [Int: IssueSeverity] = [:]
        for entity in schema.entities.values where entity.table == table {
            for rule in entity.validations ?? [] where rule.rule == .unique {
                guard let column = rule.field.flatMap(table.index(of:)), columns[column] != .error else { continue }
                columns[column] = rule.severity ?? .error
            }
        }
        return columns
    }
}
