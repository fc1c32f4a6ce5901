import Domain
import Tabular

extension Resolution {
    /// Refuses territories that would not stand below a wider one. Returns whether it refused any.
    mutating func refuseMisplaced(_ hierarchy: TerritoryHierarchy) -> Bool {
        guard let rows = tables[.territories] else { return false }
        let faults = hierarchy.faults(with: placed(rows, over: hierarchy))
        for fault in faults where tables[.territories]?.rows[fault.row].refused == false {
            let message =
                fault.isOwn
                ? "a territory of level \(fault.level.rawValue) must stand below a wider one, and its parent would be "
                    + fault.parentLevel.rawValue
                : "as \(fault.parentLevel.rawValue) it cannot stand above the \(fault.level.rawValue) that the catalog "
                    + "has below it"
            let column = fault.isOwn ? TerritoryHierarchy.columns.parent : TerritoryHierarchy.columns.level
            refuse(
                fault.row, in: .territories, .hierarchy, column: column, message,
                value: text(rows, fault.row, column) ?? rows.key(fault.row))
        }
        return !faults.isEmpty
    }

    /// The places that the session's surviving rows would have.
    private func placed(
        _ rows: SessionRows, over hierarchy: TerritoryHierarchy
    ) -> [Hash128: (row: Int, place: TerritoryHierarchy.Place)] {
        let keepsParent = keepsParent
        var placed: [Hash128: (row: Int, place: TerritoryHierarchy.Place)] = [:]
        for row in rows.rows.indices where !rows.rows[row].refused {
            let known = hierarchy.catalog[rows.rows[row].key]
            let parent = text(rows, row, TerritoryHierarchy.columns.parent)?.exactHash
            let level = text(rows, row, TerritoryHierarchy.columns.level).flatMap(HierarchyLevel.init)
            placed[rows.rows[row].key] = (
                row,
                TerritoryHierarchy.Place(
                    level: level ?? known?.level, parent: parent ?? (keepsParent ? known?.parent : nil))
            )
        }
        return placed
    }

    /// Whether a row without a parent leaves the one that the catalog has.
    private var keepsParent: Bool {
        schema.deltaStrategy == .merge
            || schema.entities.values.contains { entity in
                entity.table == .territories
                    && !RecordPlan.mappedColumns(of: entity).contains(TerritoryHierarchy.columns.parent)
            }
    }

    private func text(_ rows: SessionRows, _ row: Int, _ column: Int) -> String? {
        guard let slot = rows.references.columns.firstIndex(of: column) else { return nil }
        let code = rows.code(row, slot)
        return code == 0 ? nil : rows.values[slot][code - 1]
    }
}
