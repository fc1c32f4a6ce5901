import Domain

/// What chunks refused of the tables whose missing rows go.
struct RefusedKeys {
    private(set) var keys: [EntityTable: Set<[UInt8]>] = [:]
    /// By file, refused records of which nobody knows which rows they are.
    private(set) var keyless: [Int: Int] = [:]
    /// Files that are error reports: what they do not have, the files that they are about may have.
    private(set) var reports: Set<Int> = []

    mutating func add(_ staged: StagedKeys, table: EntityTable, file: Int) {
        for number in staged.refusedKeys.ends.indices {
            keys[table, default: []].insert(Array(staged.refusedKeys[number]))
        }
        if staged.keyless > 0 { add(keyless: staged.keyless, file: file) }
    }

    mutating func add(keyless count: Int, file: Int) { keyless[file, default: 0] += count }

    mutating func add(report file: Int) { reports.insert(file) }

    /// Whether nobody knows of a file which rows are missing from it.
    func hides(_ file: Int) -> Bool { keyless[file] != nil || reports.contains(file) }
}

/// Rows that go when the session is merged, as its files hold all of their table and not these. Where the files hold all of a scope
/// that is a column's value, nobody counts on it.
struct DepartingRows {
    private let tables: Set<EntityTable>
    private let refused: RefusedKeys

    /// - Parameter files: of each table.
    init(_ schema: ImportSchema, files: [(table: EntityTable, files: [Int])], _ refused: RefusedKeys) {
        self.refused = refused
        tables = Set(
            files.filter { table, files in
                schema.fullReplace(of: table)?.scope == FullReplace.wholeTable
                    && !files.contains(where: refused.hides)
            }.map(\.table))
    }

    /// Whether a row goes that is none of the session's that passed their own checks.
    func includes(_ key: UnsafeRawBufferPointer, of table: EntityTable) -> Bool {
        tables.contains(table) && refused.keys[table]?.contains(Array(key)) != true
    }
}

extension Resolution {
    /// Which rows the session's files speak for.
    /// - Parameter keyless: tables of which a refused record has no key: they keep all their rows.
    func replacements(_ refused: RefusedKeys, keyless: Set<EntityTable>) -> Replacements {
        var replacements = Replacements()
        for (table, rows) in tables {
            guard let replace = schema.fullReplace(of: table), !keyless.contains(table) else { continue }
            var content = Replacements.Table()
            var present = refused.keys[table] ?? []
            for row in rows.refused.indices where rows.refused[row] { present.insert(Array(rows.key(row).utf8)) }
            content.present = present.sorted { $0.lexicographicallyPrecedes($1) }.map(Self.text)
            if let slot = table.index(of: replace.scope).flatMap(rows.references.columns.firstIndex) {
                content.scope = rows.survivingValues(ofSlot: slot).map(Self.text)
            }
            replacements.tables[table] = content
        }
        return replacements
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
