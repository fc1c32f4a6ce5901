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

    /// Positions of the columns that resolve needs: the referring ones and, of territories, those that place them in the
    /// hierarchy. Ascending, each once.
    let columns: [Int]
    let all: [Reference]

    init(columns: [Int], all: [Reference]) {
        self.columns = columns
        self.all = all
    }

    init(_ schema: ImportSchema, from table: EntityTable) {
        let declared = (schema.relationships ?? []).compactMap { relationship -> (Int, EntityTable, IssueSeverity)? in
            guard let from = ColumnReference(relationship.from), from.table == table,
                let to = ColumnReference(relationship.to)
            else { return nil }
            return (from.column, to.table, relationship.severity ?? .error)
        }
        let hierarchy = table == .territories ? ["level", "parent_id"].compactMap(table.index(of:)) : []
        let columns = Set(declared.map(\.0) + hierarchy).sorted()
        self.columns = columns
        all = declared.map { column, target, severity in
            Reference(
                column: column, slot: columns.firstIndex(of: column) ?? 0, target: target, severity: severity)
        }
    }
}
