import Catalog
import Domain
import Tabular

/// Where territories stand, in the catalog and as a session would have it. Every territory must stand below a wider one,
/// so that no circle can be made and a path always ends.
struct TerritoryHierarchy {
    /// A territory's level and what it stands below.
    struct Place {
        let level: HierarchyLevel?
        let parent: Hash128?

        /// - Parameter cells: a row of the catalog, in the order of `EntityTable.columns`.
        init(cells: [FieldValue]) {
            let columns = TerritoryHierarchy.columns
            level = cells[columns.level].text.flatMap(HierarchyLevel.init)
            parent = cells[columns.parent].text?.exactHash
        }

        init(level: HierarchyLevel?, parent: Hash128?) {
            self.level = level
            self.parent = parent
        }
    }

    /// A territory that would not stand below a wider one.
    struct Fault: Equatable {
        /// The session's row to refuse: the territory's own, or else its parent's.
        let row: Int
        let level: HierarchyLevel
        let parentLevel: HierarchyLevel
        let isOwn: Bool
    }

    /// Positions in `EntityTable.columns`.
    static let columns = (
        level: EntityTable.territories.index(of: "level") ?? 0,
        parent: EntityTable.territories.index(of: "parent_id") ?? 0
    )

    /// The catalog's territories by the hash of their id.
    let catalog: [Hash128: Place]

    init(catalog: [Hash128: Place]) { self.catalog = catalog }

    /// Reads every territory of the catalog.
    init(of reader: some MasterDataReader) throws {
        var catalog: [Hash128: Place] = [:]
        try reader.forEachRow(.all(.territories)) { cells in
            guard let id = cells[0].text else { return }
            catalog[id.exactHash] = Place(cells: cells)
        }
        self.catalog = catalog
    }

    /// What is wrong with territories of the catalog, by their positions; those that are not there are left out.
    func faults(among ids: [String]) -> [Fault] {
        var places: [Hash128: (row: Int, place: Place)] = [:]
        for (row, id) in ids.enumerated() {
            if let place = catalog[id.exactHash] { places[id.exactHash] = (row, place) }
        }
        return faults(with: places)
    }

    /// What is wrong when the session's rows stand beside what the catalog has. Faults among the catalog's own are left.
    /// - Parameter session: row and place of each territory of the session, by the hash of its id.
    func faults(with session: [Hash128: (row: Int, place: Place)]) -> [Fault] {
        func place(_ id: Hash128) -> Place? { session[id]?.place ?? catalog[id] }
        var faults: [Fault] = []
        for (_, entry) in session {
            guard let level = entry.place.level, let parent = entry.place.parent.flatMap(place)?.level,
                !parent.isWider(than: level)
            else { continue }
            faults.append(Fault(row: entry.row, level: level, parentLevel: parent, isOwn: true))
        }
        for (id, child) in catalog where session[id] == nil {
            guard let parent = child.parent.flatMap({ session[$0] }), let level = child.level,
                let parentLevel = parent.place.level, !parentLevel.isWider(than: level)
            else { continue }
            faults.append(Fault(row: parent.row, level: level, parentLevel: parentLevel, isOwn: false))
        }
        return faults.sorted { ($0.row, $0.level.rawValue) < ($1.row, $1.level.rawValue) }
    }
}
