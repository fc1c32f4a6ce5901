import Catalog
import Domain
import Tabular

/// Where an importer may change rows.
struct ImportRights {
    /// Nothing is held against the importer.
    let everywhere: Bool
    /// Also rows that belong to no territory, before or after.
    let outsideTerritories: Bool
    /// The territories of the importer's assignments with IMPORT_DATA; all below them are meant too.
    let territories: Set<Hash128>
    let userID: String
    /// What decides, in words: two importers with the same ones have the same rows refused.
    let words: [String]

    /// - Parameter importer: nil for a session that was sealed by a version that took importers of whole countries only.
    init(_ importer: UserContext?) {
        let assignments = importer?.assignments.filter { $0.permissions.contains(.importData) } ?? []
        everywhere = importer.map { $0.role == .admin } ?? true
        outsideTerritories = assignments.contains { $0.level == .country }
        territories = Set(assignments.map(\.territoryId.exactHash))
        userID = importer?.userId ?? ""
        words = everywhere ? [] : assignments.map { "\($0.level.rawValue) \($0.territoryId)" }.sorted()
    }

    /// Whether a territory is one of the importer's, or lies below one.
    /// - Parameter parent: what a territory stands below; nil for a root and for one that is not there.
    func include(_ territory: Hash128, under parent: (Hash128) -> Hash128?) -> Bool {
        var current: Hash128? = territory
        // A hierarchy has five levels; what is checked elsewhere may still hold a circle here.
        for _ in 0..<16 {
            guard let id = current else { return false }
            if territories.contains(id) { return true }
            current = parent(id)
        }
        return false
    }

    /// The first territory that rows leave or join and in which the importer may not import; "none" for rows outside of all.
    /// - Parameter hierarchies: a territory counts as it stands in each of these that has it.
    func firstForbidden(_ delta: TableDelta, over hierarchies: [TerritoryHierarchy]) -> String? {
        if everywhere { return nil }
        if delta.changedOutsideTerritories, !outsideTerritories { return "none" }
        return delta.changedTerritories.sorted().first { territory in
            let id = territory.exactHash
            let known = hierarchies.filter { $0.catalog[id] != nil }
            return !(known.isEmpty ? hierarchies : known).allSatisfy { hierarchy in
                include(id) { hierarchy.catalog[$0]?.parent }
            }
        }
    }
}

/// The territories that a session's rows belong to in the catalog.
struct FormerTerritories {
    /// What the catalog has of a row.
    enum Former: Equatable {
        case notThere
        case withoutTerritory
        /// By its number in `names`.
        case of(Int)
    }

    private(set) var names = ByteTable()
    /// By row: 0 not there, 1 without territory, else two more than the number in `names`.
    private var codes: [UInt32]

    init(rows: Int) { codes = [UInt32](repeating: 0, count: rows) }

    mutating func set(_ row: Int, _ territory: String?) {
        guard var territory else {
            codes[row] = 1
            return
        }
        codes[row] = UInt32(territory.withUTF8 { names.insert(UnsafeRawBufferPointer($0)) } + 2)
    }

    subscript(_ row: Int) -> Former {
        switch codes[row] {
        case 0: .notThere
        case 1: .withoutTerritory
        case let code: .of(Int(code) - 2)
        }
    }
}
