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

    /// - Parameter importer: nil for a session that was sealed by a version that took importers of whole countries only.
    init(_ importer: UserContext?) {
        let assignments = importer?.assignments.filter { $0.permissions.contains(.importData) } ?? []
        everywhere = importer.map { $0.role == .admin } ?? true
        outsideTerritories = assignments.contains { $0.level == .country }
        territories = Set(assignments.map(\.territoryId.exactHash))
        userID = importer?.userId ?? ""
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
