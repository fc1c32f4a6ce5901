import Domain

extension Resolution {
    /// Calls back with key and text of the catalog's rows in a column; `isFilled` leaves those out that have none there.
    typealias Texts = (
        EntityTable, _ column: Int, _ isFilled: Bool,
        (_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer?) throws -> Void
    ) throws -> Void

    /// Reads of a table which texts the catalog has that must be unique, and holds the session's against each other.
    mutating func noteRepeated(in table: EntityTable, _ texts: Texts) throws {
        let keepsWhatIsEmpty = keepsWhatIsEmpty(in: table)
        let departing = rights.everywhere ? departing : nil
        try tables[table]?.findFormerTexts(
            in: table, keepsWhatIsEmpty: keepsWhatIsEmpty, goes: { departing?.includes($0, of: table) ?? false }, texts)
        tables[table]?.noteRepeated()
    }

    /// Refuses rows whose text in a column of unique ones a row of the catalog keeps. Returns whether it refused any.
    mutating func refuseTaken() -> Bool {
        var refusedSome = false
        for table in tables.keys.sorted() where tables[table]?.refuseTaken() == true { refusedSome = true }
        return refusedSome
    }

    /// By column, whether a row of the session without a text there leaves what the catalog has.
    private func keepsWhatIsEmpty(in table: EntityTable) -> (Int) -> Bool {
        let entities = schema.entities.values.filter { $0.table == table }
        let mapped = entities.map { Set(RecordPlan.mappedColumns(of: $0)) }
        let isMerge = schema.deltaStrategy == .merge
        return { column in isMerge || !mapped.allSatisfy { $0.contains(column) } }
    }
}
