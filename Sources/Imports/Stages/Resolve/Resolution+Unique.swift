import Domain

extension Resolution {
    /// Calls back with key and text of the catalog's rows that have a text in a column.
    typealias Texts = (
        EntityTable, _ column: Int,
        (_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer) throws -> Void
    ) throws -> Void

    /// Notes rows whose text in a column of unique ones a row of the catalog keeps, by rules of one severity. Returns whether it
    /// refused any.
    mutating func noteTaken(_ severity: IssueSeverity) -> Bool {
        var refusedSome = false
        for table in tables.keys.sorted() {
            // Where missing rows go, one that the session does not name gives up what it has.
            let areMissingGone = schema.fullReplace(of: table)?.scope == FullReplace.wholeTable
            if tables[table]?.noteTaken(severity, areMissingGone: areMissingGone) == true { refusedSome = true }
        }
        return refusedSome && severity == .error
    }

    /// By column, whether a row of the session without a text there leaves what the catalog has.
    func keepsWhatIsEmpty(in table: EntityTable) -> (Int) -> Bool {
        let entities = schema.entities.values.filter { $0.table == table }
        let mapped = entities.map { Set(RecordPlan.mappedColumns(of: $0)) }
        let isMerge = schema.deltaStrategy == .merge
        return { column in isMerge || !mapped.allSatisfy { $0.contains(column) } }
    }
}
