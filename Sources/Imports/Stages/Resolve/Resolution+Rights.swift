import Domain
import Tabular

extension Resolution {
    /// Calls back with the key and the territory of rows that the catalog has: of those of `keys`, or of all.
    typealias Territories = (_ keys: [String]?, EntityTable, (String, String?) throws -> Void) throws -> Void

    /// Sessions of fewer rows ask for their keys; a larger one goes through the table.
    private static let keysAskedOneByOne = 20_000

    /// Reads where the session's rows are in the catalog.
    func former(_ territories: Territories) throws -> [EntityTable: FormerTerritories] {
        var former: [EntityTable: FormerTerritories] = [:]
        for (table, rows) in tables where table != .territories {
            var found = FormerTerritories(rows: rows.count)
            let left = rows.refused.indices.lazy.filter { !rows.refused[$0] }
            let keys: [String]? = rows.count <= Self.keysAskedOneByOne ? Array(left.map(rows.key)) : nil
            try territories(keys, table) { key, territory in
                if let row = rows.row(of: key.exactHash) { found.set(row, territory) }
            }
            former[table] = found
        }
        return former
    }

    /// Refuses rows that leave or join a territory in which the importer may not import (specification, section 7.3; error
    /// ERR_AUTH_002). Returns whether it refused any: what hangs on a refused territory may be refused next.
    mutating func refuseForbidden(
        _ rights: ImportRights, _ hierarchy: TerritoryHierarchy, _ former: [EntityTable: FormerTerritories]
    ) -> Bool {
        if rights.everywhere { return false }
        let session = tables[.territories].map { placed($0, over: hierarchy) } ?? [:]
        let isAllowedNow: (Hash128) -> Bool = { id in rights.include(id) { hierarchy.catalog[$0]?.parent } }
        let isAllowedThen: (Hash128) -> Bool = { id in
            rights.include(id) { (session[$0]?.place ?? hierarchy.catalog[$0])?.parent }
        }
        var refusedSome = refuseForbiddenTerritories(
            hierarchy, isAllowedNow: isAllowedNow, isAllowedThen: isAllowedThen)
        for table in tables.keys.sorted() where table != .territories {
            guard let rows = tables[table], let former = former[table],
                let column = table.territoryColumn.flatMap(table.index(of:)),
                let slot = rows.references.columns.firstIndex(of: column)
            else { continue }
            let then = rows.hashes(ofSlot: slot).map(isAllowedThen)
            let now = (0..<former.names.count).map { isAllowedNow(former.names.text($0).exactHash) }
            for row in rows.refused.indices where tables[table]?.refused[row] == false {
                let code = Int(rows.codes[slot][row])
                // Of rows that are added up the last one stands for the key.
                let old = former[rows.row(of: rows.hashes[row]) ?? row]
                let mayLeave =
                    switch old {
                    case .notThere: true
                    case .withoutTerritory: rights.outsideTerritories
                    case .of(let number): now[number]
                    }
                // Without a territory of its own a row stays where it is, or is nowhere.
                let mayJoin =
                    code > 0
                    ? then[code - 1]
                    : old != .notThere && keepsWhatIsEmpty(row, of: rows, column: column) || rights.outsideTerritories
                if mayLeave && mayJoin { continue }
                var territory: String?
                if !mayLeave, case .of(let number) = old { territory = former.names.text(number) }
                if mayLeave, code > 0 { territory = rows.values[slot].text(code - 1) }
                tables[table]?.note(row, .forbidden(isFormer: !mayLeave), column: column, value: territory ?? "")
                refusedSome = true
            }
        }
        return refusedSome
    }

    /// A territory is its own: what changes it changes where everything in it belongs.
    private mutating func refuseForbiddenTerritories(
        _ hierarchy: TerritoryHierarchy, isAllowedNow: (Hash128) -> Bool, isAllowedThen: (Hash128) -> Bool
    ) -> Bool {
        guard let rows = tables[.territories] else { return false }
        var refusedSome = false
        for row in rows.refused.indices where !rows.refused[row] {
            let id = rows.hashes[row]
            let mayLeave = hierarchy.catalog[id] == nil || isAllowedNow(id)
            if mayLeave && isAllowedThen(id) { continue }
            tables[.territories]?.note(row, .forbidden(isFormer: !mayLeave), column: 0, value: rows.key(row))
            refusedSome = true
        }
        return refusedSome
    }
}
