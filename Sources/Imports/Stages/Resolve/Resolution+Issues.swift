import Domain

extension Resolution {
    /// What was found about a chunk's rows, in input order.
    func issues(ofChunk chunk: Int) -> [ImportIssue] {
        for (table, rows) in tables {
            guard let own = rows.rows(ofChunk: chunk) else { continue }
            return rows.findings(about: own).map { issue($0, in: rows, of: table, chunk: chunk) }
        }
        return []
    }

    /// How many of the findings about each chunk's rows are warnings.
    func warnings() -> [Int: Int] {
        var warnings: [Int: Int] = [:]
        for rows in tables.values {
            for finding in rows.findings where finding.severity == .warning {
                warnings[rows.place(Int(finding.row)).chunk, default: 0] += 1
            }
        }
        return warnings
    }

    private func issue(
        _ finding: SessionRows.Finding, in rows: SessionRows, of table: EntityTable, chunk: Int
    ) -> ImportIssue {
        let row = Int(finding.row)
        let (code, message, value) = words(finding, in: rows)
        return ImportIssue(
            finding.severity, code, fileIndex: fileOfChunk[chunk], record: Int(rows.records[row]),
            line: Int(rows.lines[row]), column: table.columns[Int(finding.column)].name,
            value: value ?? rows.value(of: finding) ?? rows.key(row), message: message)
    }

    private func words(
        _ finding: SessionRows.Finding, in rows: SessionRows
    ) -> (IssueCode, message: String, value: String?) {
        switch finding.kind {
        case .duplicate(let winner):
            let file = fileNames[fileOfChunk[rows.place(Int(winner)).chunk]]
            return (.duplicateKey, "line \(rows.lines[Int(winner)]) of \(file) has the same key and wins", nil)
        case .notUnique(let first):
            let file = fileNames[fileOfChunk[rows.place(Int(first)).chunk]]
            return (
                .notUnique, "line \(rows.lines[Int(first)]) of \(file) has the same value",
                rows.text(Int(finding.row), column: Int(finding.column))
            )
        case .taken(let unique, let owner):
            // Who may not import everywhere need not know of every row.
            let key =
                switch owner {
                case .row(let row): rows.key(Int(row))
                case .absent where !rights.everywhere: "another row"
                case .absent(let number): rows.uniques[Int(unique)].key(Int(number))
                }
            return (
                .notUnique, "\(key) has the same value in the catalog",
                rows.text(Int(finding.row), column: Int(finding.column))
            )
        case .kept:
            let theirs =
                rows.value(of: finding).map { "\($0.prefix(200)), which stays" } ?? "nothing here, which stays so"
            return (
                .planningKept, "planning has \(theirs)", rows.text(Int(finding.row), column: Int(finding.column)) ?? ""
            )
        case .keyExists:
            return (.keyExists, "APPEND does not change what the catalog has", nil)
        case .unknownReference(let position, let value):
            let reference = rows.references.all[Int(position)]
            let target = reference.target
            return (
                .referenceUnknown,
                "neither this session nor the catalog has this \(target.primaryKey) in \(target.rawValue)",
                rows.values[reference.slot].text(Int(value))
            )
        case .forbidden(let isFormer):
            return (
                .forbidden,
                "\(userID) lacks IMPORT_DATA for the territory that the row \(isFormer ? "is in" : "would be in")", nil
            )
        case .misplaced(let level, let parent, isOwn: true):
            return (
                .hierarchy,
                "a territory of level \(level.rawValue) must stand below a wider one, and its parent would be "
                    + parent.rawValue, rows.text(Int(finding.row), column: Int(finding.column))
            )
        case .misplaced(let level, let parent, isOwn: false):
            return (
                .hierarchy,
                "as \(parent.rawValue) it cannot stand above the \(level.rawValue) that the catalog has below it",
                rows.text(Int(finding.row), column: Int(finding.column))
            )
        }
    }
}
