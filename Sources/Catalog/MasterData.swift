package import Domain

/// Reads outlets, territories and their company.
package protocol MasterDataReader {
    /// Grows by one with every change of master data.
    func version() throws -> Int64

    /// Every territory with its metrics, by id.
    func territories() throws -> [TerritorySummary]

    /// A territory and its ancestors, itself first; empty when there is no such territory.
    func path(ofTerritory id: String) throws -> [String]

    /// Version at which the territory last changed; nil when there is no such territory.
    func version(ofTerritory id: String) throws -> Int64?

    /// Calls `body` with each row that `selection` names, in key order: cells in the order of
    /// `EntityTable.columns`, then created and modified date. The row must not be kept by reference.
    func forEachRow(_ selection: RowSelection, _ body: ([FieldValue]) throws -> Void) throws

    /// The same, with cells that lie where the catalog has them and are good within `body` only: for rows by the ten thousand.
    func forEachCells(_ selection: RowSelection, _ body: ([PackedRow.Cell]) throws -> Void) throws

    /// Calls `body` with the key and the territory of each row of a table that has a `territoryColumn`: of those of `keys` that
    /// are there, or of every row when there are none, in no particular order.
    func forEachTerritory(
        ofRows keys: [String]?, in table: EntityTable, _ body: (_ key: String, _ territory: String?) throws -> Void
    ) throws

    /// Calls `body` with the key and the text of each row in a column of texts, nil for none, in no particular order. Both are
    /// good within `body` only.
    /// - Parameters:
    ///   - column: its position in `EntityTable.columns`.
    ///   - isFilled: whether rows without a text are left out.
    func forEachText(
        in table: EntityTable, column: Int, isFilled: Bool,
        _ body: (_ key: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer?) throws -> Void
    ) throws

    /// Those of `keys` that the table has.
    func existing(_ keys: [String], in table: EntityTable) throws -> Set<String>

    /// Whether a version was made by a session's change, and the history since then is kept.
    func remembers(_ version: Int64, madeBy session: String) throws -> Bool

    /// Keys of the rows of a table that the changes of some versions changed, some of them more than once.
    /// - Parameter columns: positions of the table's columns of which one must have changed. Rows that came count in any case, and all
    ///   columns of rows that went have changed.
    /// - Returns: nil when they are more than `limit`, all changed rows of other tables counted in, or no longer remembered.
    func keysChanged(
        by versions: ClosedRange<Int64>, in table: EntityTable, columns: [Int], limit: Int
    ) throws -> [String]?
}

/// A set of rows of one table.
package enum RowSelection: Sendable, Equatable {
    case territory(String)
    /// Outlets of a territory, those among them that are not planned for.
    case outlets(territory: String)
    case routes(territory: String)
    /// Salespeople of the territory's routes.
    case salespeople(territory: String)
    /// Distributors of the territory itself, and those of these keys.
    case distributors(territory: String, named: Set<String>)
    /// A whole table.
    case all(EntityTable)

    /// The table that the rows are of.
    package var table: EntityTable {
        switch self {
        case .territory: .territories
        case .outlets: .outlets
        case .routes: .routes
        case .salespeople: .salespeople
        case .distributors: .distributors
        case .all(let table): table
        }
    }
}

/// Changes master data.
package protocol MasterDataWriter {
    /// Begins a change of master data and returns the version that it makes.
    func beginChange() throws -> Int64

    /// Merges rows into one table. `columns` are the positions of the mapped columns in `EntityTable.columns`.
    func merger(
        into table: EntityTable, columns: [Int], strategy: DeltaStrategy, change: MasterDataChange
    ) throws -> any RowMerger

    /// Writes what a prepared merge found to differ, with its history. Only inside `write(with:)` of that merge, once.
    /// - Throws: `MergeOvertaken` when others changed its rows meanwhile, `RowStillReferred` when a row that would go is
    ///   referred to by one that stays.
    func apply(_ merge: any PreparedMerge, change: MasterDataChange) throws

    /// Marks territories as changed at `version`; ids that are no territory are left out. Returns the marked ones, sorted.
    func touch(territories: Set<String>, version: Int64) throws -> [String]

    /// Territories whose routes or outlets name one of `keys`, for tables that others refer to.
    /// - Parameter known: need not be found, and are not.
    func territories(
        referringTo table: EntityTable, keys: Set<String>, besides known: Set<String>
    ) throws -> Set<String>
}

/// Who changes master data, and when.
package struct MasterDataChange: Sendable {
    package let version: Int64
    /// ISO 8601 date, the rows' clock columns.
    package let date: String
    /// The import session, for the row history.
    package let sessionID: String
    package let origin: ChangeOrigin

    package init(version: Int64, date: String, sessionID: String, origin: ChangeOrigin = .imports) {
        self.version = version
        self.date = date
        self.sessionID = sessionID
        self.origin = origin
    }
}

/// What kind of work changed master data.
package enum ChangeOrigin: String, Sendable {
    case imports = "import"
    /// An import's change was taken back.
    case rollback
    /// A planner's commit, which no rollback undoes.
    case planning
    /// A geocoder found coordinates. No import's rollback is refused for it.
    case geocoding
}

/// Merges rows of one table, one at a time.
package protocol RowMerger: AnyObject {
    /// Writes a row; `values` stand in the order of `EntityTable.columns`, unmapped ones null.
    func merge(_ values: [FieldValue]) throws -> MergeOutcome

    /// Territories that rows left or joined so far.
    var changedTerritories: Set<String> { get }

    /// Keys of changed rows, kept for tables that others refer to (not for outlets).
    var changedKeys: Set<String> { get }
}

/// What became of a merged row.
package enum MergeOutcome: Sendable, Equatable {
    case inserted, updated, unchanged
    /// APPEND found the key taken.
    case keyExists
}
