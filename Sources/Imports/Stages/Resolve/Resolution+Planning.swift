import Domain

extension Resolution {
    /// Warns of rows that bring something else in a column that planning owns than the catalog has, which stays.
    mutating func warnOfKept(_ texts: Texts) throws {
        let isMerge = schema.deltaStrategy == .merge
        for table in tables.keys.sorted() {
            for planned in tables[table]?.references.planned ?? [] {
                let kept = entityOfFile.map { RecordPlan.keptColumns(of: $0).contains(planned.column) }
                try tables[table]?.warnOfKept(
                    planned, in: table, isKept: fileOfChunk.map { kept[$0] }, keepsWhatIsEmpty: isMerge, texts)
            }
        }
    }

    /// Whether a row without a text in a column leaves what the catalog has there.
    func keepsWhatIsEmpty(_ row: Int, of rows: SessionRows, column: Int) -> Bool {
        schema.deltaStrategy == .merge || !mapped[fileOfChunk[rows.place(row).chunk]].contains(column)
    }
}
