import Domain
import Tabular

/// Decides what only shows across files and catalog: duplicate keys, references and the territories' hierarchy. Values
/// only; the caller reads the catalog for it.
struct Resolution {
    /// Which keys the catalog has, among those asked for.
    typealias Existing = ([String], EntityTable) throws -> Set<String>

    /// How many keys the catalog is asked for at a time.
    private static let keysAsked = 50_000

    var tables: [EntityTable: SessionRows] = [:]
    let schema: ImportSchema
    let fileOfChunk: [Int]
    let fileNames: [String]
    /// What each file's records are.
    let entityOfFile: [ImportEntity]
    /// By file, the positions of its mapped columns.
    let mapped: [Set<Int>]
    private let rows: Int
    let rights: ImportRights
    /// Rows that go as the session does not have them; nil when none do.
    var departing: DepartingRows?
    /// Who imports, for the words of an issue.
    var userID: String { rights.userID }
    /// What the catalog said of referred keys: it is asked once for each.
    private var catalogHas: [EntityTable: [Hash128: Bool]] = [:]

    /// - Parameters:
    ///   - importer: whose rights each row is held against; see `ImportRights` for nil.
    ///   - rows: how many there will be at most.
    init(
        schema: ImportSchema, fileOfChunk: [Int], fileNames: [String], entityOfFile: [ImportEntity],
        importer: UserContext? = nil, rows: Int = 0
    ) {
        self.rows = rows
        rights = ImportRights(importer)
        self.schema = schema
        self.fileOfChunk = fileOfChunk
        self.fileNames = fileNames
        self.entityOfFile = entityOfFile
        mapped = entityOfFile.map { Set(RecordPlan.mappedColumns(of: $0)) }
    }

    /// Adds the rows of the next chunk in input order.
    mutating func append(_ keys: StagedKeys, chunk: Int, table: EntityTable) {
        tables[table, default: SessionRows(references: References(schema, from: table), rows: rows)]
            .append(keys, chunk: chunk)
    }

    /// Refuses what must be refused.
    /// - Parameters:
    ///   - hierarchy: asked once, when the session holds territories or its importer may not import everywhere.
    ///   - territories: asked once a table, when the importer may not import everywhere.
    ///   - texts: asked once for each column of which the texts must be unique, and for each that planning keeps.
    mutating func run(
        existing: Existing, hierarchy: () throws -> TerritoryHierarchy, territories: Territories, texts: Texts
    ) throws {
        for table in tables.keys.sorted() {
            tables[table]?.findDuplicates(areRefused: schema.sums(of: table).isEmpty)
            try noteRepeated(in: table, texts)
            if schema.deltaStrategy == .append { try refuseKnownKeys(in: table, existing) }
        }
        let needsHierarchy = tables[.territories] != nil || !rights.everywhere
        let hierarchy = try needsHierarchy ? hierarchy() : nil
        let former = try rights.everywhere ? [:] : self.former(territories)
        // A refused distributor takes its outlets along, so once more until nothing changes.
        var warned: [EntityTable: [Int: [Bool]]] = [:]
        var refusedSome = true
        while refusedSome {
            refusedSome = try refuseUnknownReferences(existing, &warned)
            if !refusedSome, let hierarchy {
                refusedSome = refuseMisplaced(hierarchy) || refuseForbidden(rights, hierarchy, former)
            }
            // A refused row keeps what it has in the catalog, which others then cannot have.
            if !refusedSome { refusedSome = refuseTaken() }
        }
        try warnOfKept(texts)
        for table in tables.keys {
            tables[table]?.warnOfTaken()
            tables[table]?.sortFindings()
        }
    }

    /// Positions of refused rows among the staged rows of each chunk, ascending.
    func refusedPositions() -> [Int: [UInt32]] {
        var refused: [Int: [UInt32]] = [:]
        for rows in tables.values {
            for row in rows.refused.indices where rows.refused[row] {
                let place = rows.place(row)
                refused[place.chunk, default: []].append(UInt32(place.position))
            }
        }
        return refused
    }

    private mutating func refuseKnownKeys(in table: EntityTable, _ existing: Existing) throws {
        guard let rows = tables[table] else { return }
        var surviving = rows.refused.indices.filter { !rows.refused[$0] }[...]
        while !surviving.isEmpty {
            let asked = surviving.prefix(Self.keysAsked)
            surviving = surviving.dropFirst(Self.keysAsked)
            let known = try Self.known(asked.map(rows.key), in: table, existing)
            for row in asked where known.contains(rows.hashes[row]) {
                tables[table]?.note(row, .keyExists, column: 0)
            }
        }
    }

    /// - Parameter warned: by table and reference, the rows of which a warning was given in an earlier round.
    private mutating func refuseUnknownReferences(
        _ existing: Existing, _ warned: inout [EntityTable: [Int: [Bool]]]
    ) throws -> Bool {
        var refusedSome = false
        for table in tables.keys.sorted() {
            guard let references = tables[table]?.references.all else { continue }
            for (position, reference) in references.enumerated() {
                let unknown = try unknownCodes(of: reference, from: table, existing)
                guard unknown.contains(true), let codes = tables[table]?.codes[reference.slot] else { continue }
                let isError = reference.severity == .error
                var told = isError ? [] : warned[table]?[position] ?? [Bool](repeating: false, count: codes.count)
                for (row, code) in codes.enumerated() where unknown[Int(code)] {
                    guard tables[table]?.refused[row] == false, isError || !told[row] else { continue }
                    tables[table]?.note(
                        row, .unknownReference(reference: UInt8(position), value: code - 1),
                        column: reference.column, severity: reference.severity)
                    if isError { refusedSome = true } else { told[row] = true }
                }
                if !isError { warned[table, default: [:]][position] = told }
            }
        }
        return refusedSome
    }

    /// By code: whether neither the session nor the catalog has what it stands for.
    private mutating func unknownCodes(
        of reference: References.Reference, from table: EntityTable, _ existing: Existing
    ) throws -> [Bool] {
        guard let values = tables[table]?.values[reference.slot] else { return [] }
        let here = tables[reference.target]
        var elsewhere: [(number: Int, hash: Hash128)] = []
        for (number, hash) in (tables[table]?.hashes(ofSlot: reference.slot) ?? []).enumerated()
        where here?.survives(hash) != true {
            elsewhere.append((number, hash))
        }
        let answered = catalogHas[reference.target] ?? [:]
        let asked = elsewhere.filter { answered[$0.hash] == nil }
        if !asked.isEmpty {
            let known = try Self.known(asked.map { values.text($0.number) }, in: reference.target, existing)
            for (_, hash) in asked { catalogHas[reference.target, default: [:]][hash] = known.contains(hash) }
        }
        var unknown = [Bool](repeating: false, count: values.count + 1)
        for (number, hash) in elsewhere { unknown[number + 1] = catalogHas[reference.target]?[hash] != true }
        return unknown
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
}
