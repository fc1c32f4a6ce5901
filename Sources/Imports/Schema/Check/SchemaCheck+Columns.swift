import Domain

extension SchemaCheck {
    private static let maximumColumns = 1000

    /// What is wrong with the names of columns of files without a header.
    static func columnFaults(in entity: ImportEntity) -> [String] {
        guard let columns = entity.columns else { return [] }
        var faults: [String] = []
        if !(1...maximumColumns).contains(columns.count) { faults.append("columns has 1 to \(maximumColumns) names") }
        let named = columns.filter { !$0.isEmpty }
        if Set(named).count != named.count { faults.append("columns has a name twice") }
        if ReportFormat.isReport(columns) { faults.append("columns has the names of an error report") }
        for source in Set(entity.fieldMappings.flatMap(\.sources)).subtracting(columns).sorted() {
            faults.append("columns has no \(source), which is mapped")
        }
        return faults
    }

    /// What is wrong with the columns of planning that the entity would change.
    static func planningFaults(in entity: ImportEntity) -> [String] {
        let mapped = RecordPlan.mappedColumns(of: entity).map { entity.table.columns[$0] }.filter(\.isPlanned).map(
            \.name)
        return Set(entity.planningColumns ?? []).subtracting(mapped).sorted().map {
            "planningColumns: \($0) is no mapped column that planning owns"
        }
    }

    /// What is wrong with the columns that are added up.
    static func sumFaults(in schema: ImportSchema) -> [String] {
        var faults: [String] = []
        for (table, entities) in byTable(schema) {
            let sums = Set(entities.compactMap(\.entity.sums).joined())
            if sums.isEmpty { continue }
            for (name, entity) in entities {
                if Set(entity.sums ?? []) != sums {
                    faults.append("sums of \(table.rawValue): every entity that fills the table must name the same")
                }
                let mapped = RecordPlan.mappedColumns(of: entity).map { table.columns[$0] }
                for sum in sums.sorted() where mapped.first(where: { $0.name == sum })?.kind != .real {
                    faults.append("entity \(name): \(sum) cannot be added up, as it is no mapped column of numbers")
                }
            }
            if !sums.isDisjoint(with: ["latitude", "longitude"]) {
                faults.append("sums of \(table.rawValue): coordinates are not added up")
            }
        }
        return faults
    }
}
