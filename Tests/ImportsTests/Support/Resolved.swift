import Domain
import Tabular
import Testing

@testable import Imports

/// Rows that passed their own checks, resolved against each other and against a catalog of keys.
struct Resolved {
    /// The rows of one file, in one chunk: cells by column name.
    struct File {
        let table: EntityTable
        let rows: [[String: String]]

        init(_ table: EntityTable, _ rows: [String: String]...) { self.init(table, rows: rows) }

        init(_ table: EntityTable, rows: [[String: String]]) {
            self.table = table
            self.rows = rows
        }
    }

    private(set) var resolution: Resolution
    /// Which keys were asked for, by table.
    private(set) var asked: [EntityTable: Set<String>] = [:]

    /// Resolves files in their order; record n stands on line n + 2 of `file0.csv` and so on.
    init(
        _ files: [File], known: [EntityTable: Set<String>] = [:],
        places: [Hash128: TerritoryHierarchy.Place] = [:], schema: ImportSchema? = nil,
        importer: UserContext? = nil, former: [EntityTable: [String: String?]] = [:],
        texts: [(key: String, text: String)] = [], refusedKeys: RefusedKeys = RefusedKeys()
    ) throws {
        let schema = try schema ?? TestSchema.shop()
        var resolution = Resolution(
            schema: schema, fileOfChunk: Array(files.indices), fileNames: files.indices.map { "file\($0).csv" },
            entityOfFile: try files.map { file in
                try #require(schema.entities.values.first { $0.table == file.table })
            }, importer: importer)
        for (chunk, file) in files.enumerated() {
            let columns = References(schema, from: file.table).columns
            var keys = KeyCollector(referenceColumns: columns.count)
            for (record, row) in file.rows.enumerated() {
                keys.append(
                    record: record, line: record + 2, key: row[file.table.primaryKey] ?? "",
                    references: columns.map { row[file.table.columns[$0].name] })
            }
            resolution.append(
                try StagedKeys(keys.encoded(), referenceColumns: columns.count), chunk: chunk, table: file.table)
        }
        resolution.departing = DepartingRows(
            schema, files: files.enumerated().map { ($1.table, [$0]) }, refusedKeys)
        var asked: [EntityTable: Set<String>] = [:]
        try resolution.run(
            existing: { keys, table in
                asked[table, default: []].formUnion(keys)
                // As the catalog compares: byte by byte.
                return Set(keys.filter { key in known[table]?.contains { $0.utf8.elementsEqual(key.utf8) } == true })
            },
            hierarchy: { TerritoryHierarchy(catalog: places) },
            territories: { keys, table, body in
                for (key, territory) in former[table] ?? [:] where keys?.contains(key) ?? true {
                    try body(key, territory)
                }
            },
            texts: { _, _, _, body in
                for (key, text) in texts {
                    try Array(key.utf8).withUnsafeBytes { key in
                        try Array(text.utf8).withUnsafeBytes { text in try body(key, text) }
                    }
                }
            })
        self.resolution = resolution
        self.asked = asked
    }

    /// Of every chunk.
    var allIssues: [ImportIssue] { resolution.fileOfChunk.indices.flatMap(resolution.issues(ofChunk:)) }

    /// `file:line code column=value` of every issue, in input order.
    var issues: [String] {
        allIssues
            .sorted { ($0.fileIndex, $0.line, $0.column) < ($1.fileIndex, $1.line, $1.column) }
            .map { "\($0.fileIndex):\($0.line) \($0.code.rawValue) \($0.column)=\($0.value)" }
    }

    /// Refused positions by file.
    var refused: [Int: [UInt32]] { resolution.refusedPositions() }
}

extension KeyCollector {
    /// Adds a row of texts.
    mutating func append(record: Int, line: Int, key: String, references: [String?]) {
        let bytes = references.map { $0.map { Array($0.utf8) } }
        Array(key.utf8).withUnsafeBytes { key in
            var row = RowBytes()
            let places = bytes.map { text -> Range<Int>? in
                guard let text else { return nil }
                let start = row.count
                row.append(text)
                return start..<row.count
            }
            append(record: record, line: line, key: key, hash: StableHash.hash128(key)) { column in
                places[column].map { row[$0] }
            }
        }
    }
}

/// Cells of an outlet.
func outlet(_ id: String, in territory: String? = nil, of distributor: String? = nil) -> [String: String] {
    var row = ["outlet_id": id]
    row["territory_id"] = territory
    row["dt_code"] = distributor
    return row
}

/// Cells of a distributor.
func distributor(_ code: String, in territory: String? = nil) -> [String: String] {
    var row = ["dt_code": code]
    row["territory_id"] = territory
    return row
}

/// Cells of a territory.
func territory(_ id: String, _ level: HierarchyLevel? = nil, under parent: String? = nil) -> [String: String] {
    var row = ["territory_id": id]
    row["level"] = level?.rawValue
    row["parent_id"] = parent
    return row
}
