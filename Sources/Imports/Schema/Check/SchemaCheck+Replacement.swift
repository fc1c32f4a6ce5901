import Domain

extension SchemaCheck {
    /// What is wrong with the entities whose missing rows go.
    static func replacementFaults(in schema: ImportSchema) -> [String] {
        var faults: [String] = []
        for (table, entities) in byTable(schema) {
            guard let replace = schema.fullReplace(of: table) else { continue }
            if entities.contains(where: { $0.entity.fullReplace != replace }) {
                faults.append("fullReplace of \(table.rawValue): every entity that fills the table must say the same")
            }
            if schema.deltaStrategy == .append {
                faults.append("fullReplace of \(table.rawValue): APPEND refuses every row that is there already")
            }
            if let share = replace.maximumDeletions, !(0...1).contains(share) {
                faults.append("fullReplace of \(table.rawValue): maximumDeletions is a share between 0 and 1")
            }
            faults += scopeFaults(replace.scope, of: table, entities)
        }
        return faults
    }

    private static func scopeFaults(
        _ scope: String, of table: EntityTable, _ entities: [(name: String, entity: ImportEntity)]
    ) -> [String] {
        let prefix = "fullReplace of \(table.rawValue):"
        if scope == FullReplace.wholeTable {
            // The files of one would have the rows of the other go.
            return entities.count == 1 ? [] : ["\(prefix) ALL is for a table that one entity fills; name a column"]
        }
        guard let column = table.index(of: scope), column > 0, table.columns[column].kind == .text else {
            return ["\(prefix) scope is ALL or a text column other than the key, such as territory_id"]
        }
        return entities.filter { !RecordPlan.mappedColumns(of: $0.entity).contains(column) }
            .map { "entity \($0.name): \(scope), the scope of fullReplace, is not mapped" }
    }
}
