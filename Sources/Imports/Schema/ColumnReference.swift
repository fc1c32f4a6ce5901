import Domain

/// A column of a table as relationships write it: `outlets.dt_code`.
struct ColumnReference: Hashable {
    let table: EntityTable
    /// Position in `EntityTable.columns`.
    let column: Int

    /// Nil when there is no such table or column.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let table = EntityTable(rawValue: String(parts[0])),
            let column = table.index(of: String(parts[1]))
        else { return nil }
        self.table = table
        self.column = column
    }

    /// Whether it is what others refer to.
    var isPrimaryKey: Bool { column == 0 }
}
