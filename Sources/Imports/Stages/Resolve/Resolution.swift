import Domain
import Tabular

/// Decides what only shows across files and catalog: duplicate keys, references and the territories' hierarchy. Values
/// only; the caller reads the catalog for it.
struct Resolution {
    /// Which keys the catalog has, among those asked for.
    typealias Existing = ([String], EntityTable) throws -> Set<String>

    private(set) var tables: [EntityTable: SessionRows] = [:]
    /// Issues by chunk, in no particular order.
    private(set) var issues: [Int: [ImportIssue]] = [:]
    let schema: ImportSchema
    private let fileOfChunk: [Int]
    private let fileNames: [String]

    init(schema: ImportSchema, fileOfChunk: [Int], fileNames: [String]) {
        self.schema = schema
        self.fileOfChunk = fileOfChunk
        self.fileNames = fileNames
    }

    /// Adds the rows of the next chunk in input order.
    mutating func append(_ keys: StagedKeys, chunk: Int, table: EntityTable) {
        tables[table, default: SessionRows(references: References(schema, from: table))]
            .append(keys, chunk: chunk)
    }

    /// Refuses what must be refused.
    /// - Parameter hierarchy: asked once, when the session holds territories.
    mutating func run(existing: Existing, hierarchy: () throws -> TerritoryHierarchy) throws {
        for table in tables.keys.sorted() {
            refuseDuplicates(in: table)
            if schema.deltaStrategy == .append { try refuseKnownKeys(in: table, existing) }
        }
        let hierarchy = try tables[.territories].map { _ in try hierarchy() }
        // A refused distributor takes its outlets along, so once more until nothing changes.
        var reported: Set<ReportedReference> = []
        var refusedSome = true
        while refusedSome {
            refusedSome = try refuseUnknownReferences(existing, &reported)
            if !refusedSome, let hierarchy { refusedSome = refuseMisplaced(hierarchy) }
        }
    }

    /// Positions of refused rows among the staged rows of each chunk, ascending.
    func refusedPositions() -> [Int: [UInt32]] {
        var refused: [Int: [UInt32]] = [:]
        for rows in tables.values {
            for row in rows.rows where row.refused { refused[Int(row.chunk), default: []].append(row.position) }
        }
        return refused.mapValues { $0.sorted() }
    }

    private struct ReportedReference: Hashable {
        let table: EntityTable
        let row: Int
        let column: Int
    }

    /// Of several records with one key the last in input order wins.
    private mutating func refuseDuplicates(in table: EntityTable) {
        guard let rows = tables[table]?.rows else { return }
        let order = rows.indices.sorted { (rows[$0].key, $0) < (rows[$1].key, $1) }
        guard var winner = order.last else { return }
        for row in order.dropLast().reversed() {
            guard rows[row].key == rows[winner].key else {
                winner = row
                continue
            }
            let file = fileNames[fileOfChunk[Int(rows[winner].chunk)]]
            refuse(
                row, in: table, .duplicateKey, column: 0,
                "line \(rows[winner].line) of \(file) has the same key and wins")
        }
    }

    private mutating func refuseKnownKeys(in table: EntityTable, _ existing: Existing) throws {
        guard let rows = tables[table] else { return }
        let surviving = rows.rows.indices.filter { !rows.rows[$0].refused }
        let known = try Self.known(surviving.map(rows.key), in: table, existing)
        for row in surviving where known.contains(rows.rows[row].key) {
            refuse(row, in: table, .keyExists, column: 0, "APPEND does not change what the catalog has")
        }
    }

    private mutating func refuseUnknownReferences(
        _ existing: Existing, _ reported: inout Set<ReportedReference>
    ) throws -> Bool {
        var refusedSome = false
        for table in tables.keys.sorted() {
            guard let rows = tables[table] else { continue }
            for reference in rows.references.all {
                let unknown = try unknownCodes(of: reference, in: rows, existing)
                guard !unknown.isEmpty else { continue }
                for row in rows.rows.indices {
                    let code = rows.code(row, reference.slot)
                    guard code != 0, unknown.contains(code), tables[table]?.rows[row].refused == false,
                        reported.insert(ReportedReference(table: table, row: row, column: reference.column)).inserted
                    else { continue }
                    let message =
                        "neither this session nor the catalog has this \(reference.target.primaryKey) in "
                        + reference.target.rawValue
                    refuse(
                        row, in: table, .referenceUnknown, column: reference.column, message,
                        value: rows.values[reference.slot][code - 1], severity: reference.severity)
                    if reference.severity == .error { refusedSome = true }
                }
            }
        }
        return refusedSome
    }

    private func unknownCodes(
        of reference: References.Reference, in rows: SessionRows, _ existing: Existing
    ) throws -> Set<Int> {
        let texts = rows.values[reference.slot]
        let here = tables[reference.target]?.survivingKeys() ?? []
        let elsewhere = texts.indices.filter { !here.contains(texts[$0].exactHash) }
        let known = try Self.known(elsewhere.map { texts[$0] }, in: reference.target, existing)
        return Set(elsewhere.filter { !known.contains(texts[$0].exactHash) }.map { $0 + 1 })
    }

    /// Those of the keys that the catalog has. Of spellings that Swift takes for equal a `Set` holds one, so that each
    /// round asks for one of them.
    private static func known(
        _ keys: [String], in table: EntityTable, _ existing: Existing
    ) throws -> Set<Hash128> {
        var known: Set<Hash128> = []
        var left = keys
        while !left.isEmpty {
            var asked: Set<String> = []
            var later: [String] = []
            left.removeAll { key in
                if asked.insert(key).inserted { return false }
                later.append(key)
                return true
            }
            for key in try existing(left, table) { known.insert(key.exactHash) }
            left = later
        }
        return known
    }

    /// Notes an issue of a row, and refuses the row when it is an error.
    mutating func refuse(
        _ row: Int, in table: EntityTable, _ code: IssueCode, column: Int, _ message: String, value: String? = nil,
        severity: IssueSeverity = .error
    ) {
        guard let rows = tables[table] else { return }
        let entry = rows.rows[row]
        let chunk = Int(entry.chunk)
        issues[chunk, default: []].append(
            ImportIssue(
                severity, code, fileIndex: fileOfChunk[chunk], record: Int(entry.record), line: Int(entry.line),
                column: table.columns[column].name, value: String((value ?? rows.key(row)).prefix(200)),
                message: message))
        if severity == .error { tables[table]?.refuse(row) }
    }
}
