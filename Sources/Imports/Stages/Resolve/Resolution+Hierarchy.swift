import Domain
import Tabular

extension Resolution {
    /// Refuses territories that would not stand below a wider one. Returns whether it refused any.
    mutating func refuseMisplaced(_ hierarchy: TerritoryHierarchy) -> Bool {
        guard let rows = tables[.territories] else { return false }
        let faults = hierarchy.faults(with: placed(rows, over: hierarchy))
        for fault in faults where tables[.territories]?.refused[fault.row] == false {
            tables[.territories]?.note(
                fault.row, .misplaced(level: fault.level, parent: fault.parentLevel, isOwn: fault.isOwn),
                column: fault.isOwn ? TerritoryHierarchy.columns.parent : TerritoryHierarchy.columns.level)
        }
        return !faults.isEmpty
    }

    /// The places that the session's surviving rows would have.
    func placed(
        _ rows: SessionRows, over hierarchy: TerritoryHierarchy
    ) -> [Hash128: (row: Int, place: TerritoryHierarchy.Place)] {
        func keepsParent(_ row: Int) -> Bool {
            keepsWhatIsEmpty(row, of: rows, column: TerritoryHierarchy.columns.parent)
        }
        var placed: [Hash128: (row: Int, place: TerritoryHierarchy.Place)] = [:]
        for row in rows.refused.indices where !rows.refused[row] {
            let known = hierarchy.catalog[rows.hashes[row]]
            let parent = rows.text(row, column: TerritoryHierarchy.columns.parent)?.exactHash
            let level = rows.text(row, column: TerritoryHierarchy.columns.level).flatMap(HierarchyLevel.init)
            placed[rows.hashes[row]] = (
                row,
                TerritoryHierarchy.Place(
                    level: level ?? known?.level, parent: parent ?? (keepsParent(row) ? known?.parent : nil))
            )
        }
        return placed
    }
}
