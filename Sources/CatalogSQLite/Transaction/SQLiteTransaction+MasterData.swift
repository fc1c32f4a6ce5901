import Catalog
import Domain
import GRDB

extension SQLiteTransaction {
    func version() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT version FROM catalog_state") ?? 0
    }

    func version(ofTerritory id: String) throws -> Int64? {
        try Int64.fetchOne(
            db, sql: "SELECT version FROM territory_versions WHERE territory_id = ?", arguments: [id])
    }

    func territories() throws -> [TerritorySummary] {
        let sql = """
            SELECT t.territory_id, t.territory_name, t.level, t.parent_id, v.version,
                   o.outlets, o.gt, o.mt, r.routes
            FROM territories t
            LEFT JOIN territory_versions v ON v.territory_id = t.territory_id
            LEFT JOIN (SELECT territory_id, count(*) AS outlets, sum(channel = 'GT') AS gt, sum(channel = 'MT') AS mt
                       FROM outlets GROUP BY territory_id) o ON o.territory_id = t.territory_id
            LEFT JOIN (SELECT territory_id, count(*) AS routes FROM routes GROUP BY territory_id) r
                   ON r.territory_id = t.territory_id
            ORDER BY t.territory_id
            """
        return try Row.fetchAll(db, sql: sql).map { row in
            TerritorySummary(
                territoryId: row["territory_id"], territoryName: row["territory_name"], level: row["level"],
                parentId: row["parent_id"], outlets: row["outlets"] ?? 0, gtOutlets: row["gt"] ?? 0,
                mtOutlets: row["mt"] ?? 0, routes: row["routes"] ?? 0, version: row["version"] ?? 0)
        }
    }

    func path(ofTerritory id: String) throws -> [String] {
        // UNION, not UNION ALL: a hierarchy that bites its own tail ends instead of going round.
        let sql = """
            WITH RECURSIVE ancestors(id, depth) AS (
                SELECT territory_id, 0 FROM territories WHERE territory_id = ?
                UNION
                SELECT t.parent_id, depth + 1 FROM territories t JOIN ancestors a ON t.territory_id = a.id
                WHERE t.parent_id IS NOT NULL AND depth < 16
            )
            SELECT id FROM ancestors ORDER BY depth
            """
        return try String.fetchAll(db, sql: sql, arguments: [id])
    }

    func forEachRow(_ selection: RowSelection, _ body: ([FieldValue]) throws -> Void) throws {
        let reader = try statement(reading: selection)
        while try reader.step() { try body(reader.row()) }
    }

    func forEachCells(_ selection: RowSelection, _ body: ([PackedRow.Cell]) throws -> Void) throws {
        let reader = try statement(reading: selection)
        let width = Int32(selection.table.storedColumns.count)
        var cells: [PackedRow.Cell] = []
        while try reader.step() {
            cells.removeAll(keepingCapacity: true)
            for column in 0..<width { cells.append(reader.packed(column)) }
            try body(cells)
        }
    }

    private func statement(reading selection: RowSelection) throws -> RowStatement {
        let (condition, arguments) = Self.condition(of: selection)
        let table = selection.table
        let names = table.storedColumns.joined(separator: ", ")
        let sql = "SELECT \(names) FROM \(table.rawValue) \(condition) ORDER BY \(table.primaryKey)"
        let reader = try RowStatement(db, sql: sql)
        try reader.bind(arguments)
        return reader
    }

    private static func condition(of selection: RowSelection) -> (String, [FieldValue]) {
        switch selection {
        case .territory(let id):
            ("WHERE territory_id = ?", [.text(id)])
        case .outlets(let id), .routes(let id):
            ("WHERE territory_id = ?", [.text(id)])
        case .salespeople(let id):
            ("WHERE salesperson_id IN (SELECT salesperson_id FROM routes WHERE territory_id = ?)", [.text(id)])
        case .distributors(let id, let named):
            (
                "WHERE territory_id = ? OR dt_code IN (SELECT value FROM json_each(?))",
                [.text(id), .text(JSONText.array(of: named))]
            )
        case .all:
            ("", [])
        }
    }

    func forEachTerritory(
        ofRows keys: [String]?, in table: EntityTable, _ body: (_ key: String, _ territory: String?) throws -> Void
    ) throws {
        guard let column = table.territoryColumn else { return }
        let condition = keys == nil ? "" : "WHERE \(table.primaryKey) = ?"
        let reader = try RowStatement(
            db, sql: "SELECT \(table.primaryKey), \(column) FROM \(table.rawValue) \(condition)")
        guard let keys else {
            while try reader.step() { try tell(reader.row()) }
            return
        }
        for key in keys {
            try reader.bind([.text(key)])
            if try reader.step() { try tell(reader.row()) }
        }
        func tell(_ cells: [FieldValue]) throws { try body(cells[0].text ?? "", cells[1].text) }
    }

    func forEachText(
        in table: EntityTable, column: Int, isFilled: Bool,
        _ body: (_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        let name = table.columns[column].name
        let condition = isFilled ? " WHERE \(name) IS NOT NULL" : ""
        let reader = try RowStatement(db, sql: "SELECT \(table.primaryKey), \(name) FROM \(table.rawValue)\(condition)")
        while try reader.step() {
            if case .text(let text) = reader.packed(1) {
                try body(reader.text(0), text)
            } else {
                try body(reader.text(0), nil)
            }
        }
    }

    func existing(_ keys: [String], in table: EntityTable) throws -> Set<String> {
        let reader = try RowStatement(
            db, sql: "SELECT 1 FROM \(table.rawValue) WHERE \(table.primaryKey) = ?")
        var found: Set<String> = []
        for key in keys {
            try reader.bind([.text(key)])
            if try reader.step() { found.insert(key) }
        }
        return found
    }

    func beginChange() throws -> Int64 {
        try db.execute(sql: "UPDATE catalog_state SET version = version + 1")
        return try version()
    }

    func merger(
        into table: EntityTable, columns: [Int], strategy: DeltaStrategy, change: MasterDataChange
    ) throws -> any RowMerger {
        try SQLiteRowMerger(
            db, table: table, base: bases.base(of: table), columns: columns, strategy: strategy, change: change)
    }

    func touch(territories: Set<String>, version: Int64) throws -> [String] {
        let known = try existing(Array(territories), in: .territories).sorted()
        for id in known {
            try db.execute(
                sql: """
                    INSERT INTO territory_versions (territory_id, version) VALUES (?, ?)
                    ON CONFLICT (territory_id) DO UPDATE SET version = excluded.version
                    """, arguments: [id, version])
        }
        return known
    }

    func territories(
        referringTo table: EntityTable, keys: Set<String>, besides known: Set<String>
    ) throws -> Set<String> {
        guard !keys.isEmpty else { return [] }
        switch table {
        case .distributors: return try territories(ofDistributors: keys, besides: known)
        case .salespeople:
            let sql = "SELECT DISTINCT salesperson_id, territory_id FROM routes"
            return try territories(named: keys, in: sql).subtracting(known)
        case .territories, .routes, .outlets: return []
        }
    }

    /// One look at all outlets, or where few territories are in question, as after a first load, at theirs by the index.
    private func territories(ofDistributors keys: Set<String>, besides known: Set<String>) throws -> Set<String> {
        let all = try String.fetchSet(db, sql: "SELECT territory_id FROM territories")
        let asked = all.subtracting(known)
        guard asked.count * Self.shareByIndex <= all.count else {
            let sql = "SELECT DISTINCT dt_code, territory_id FROM outlets WHERE dt_code IS NOT NULL"
            return try territories(named: keys, in: sql).subtracting(known)
        }
        let codes = try db.cachedStatement(sql: "SELECT DISTINCT dt_code FROM outlets WHERE territory_id = ?")
        return try asked.filter { territory in
            let named = try String?.fetchCursor(codes, arguments: [territory])
            while let code = try named.next() { if let code, keys.contains(code) { return true } }
            return false
        }
    }

    /// The index is worth it for one territory in so many: its rows lie anywhere in the table.
    private static let shareByIndex = 8

    /// - Parameter sql: tells keys and territories.
    private func territories(named keys: Set<String>, in sql: String) throws -> Set<String> {
        var found: Set<String> = []
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            let key: String? = row[0]
            let territory: String? = row[1]
            if let key, let territory, keys.contains(key) { found.insert(territory) }
        }
        return found
    }
}
