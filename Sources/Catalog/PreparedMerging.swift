package import Domain

/// A catalog that compares many rows with its own beside its writers.
package protocol MergingCatalog: Catalog {
    /// Compares rows with the catalog beside its writers, so that the transaction which merges them need only write what
    /// differs. `body` may block, and is cancelled by what it throws.
    /// - Throws: `CatalogError`, or what `body` throws.
    func prepareMerge<Value: Sendable>(
        _ body: @Sendable @escaping (any MergePreparation) throws -> Value
    ) async throws -> (any PreparedMerge, Value)

    /// `write`, with a prepared merge that `body` can apply.
    func write<Value: Sendable>(
        with merge: any PreparedMerge, _ body: @Sendable @escaping (any CatalogWriter) throws -> Value
    ) async throws -> Value
}

/// Rows to be merged, in ascending order of their keys' bytes, each key once. They lie one after the other as `PackedRow`
/// says.
package struct PackedRows: Sendable {
    /// Where a row lies, and which source of its `TableMerge` it is of.
    package struct Row: Sendable {
        package let bytes: Range<Int>
        package let source: Int
    }

    package private(set) var bytes: [UInt8] = []
    package private(set) var rows: [Row] = []

    package init() {}

    /// Adds the next row.
    package mutating func append(_ row: UnsafeRawBufferPointer, source: Int) {
        let start = bytes.count
        bytes.append(contentsOf: row)
        rows.append(Row(bytes: start..<bytes.count, source: source))
    }
}

/// What is to be merged into one table.
package struct TableMerge: Sendable {
    package let table: EntityTable
    package let strategy: DeltaStrategy
    /// For each source of rows the positions of its mapped columns in `EntityTable.columns`, ascending, the key first.
    package let columns: [[Int]]
    /// For each source those of them that only new rows take.
    package let keptColumns: [[Int]]
    /// How many rows there will be at most.
    package let expectedRows: Int
    /// ISO 8601 date, the clock columns of what differs.
    package let date: String
    /// Nil when rows that are missing from the merge stay.
    package let replacement: TableReplacement?

    package init(
        into table: EntityTable, strategy: DeltaStrategy, columns: [[Int]], keptColumns: [[Int]]? = nil,
        expectedRows: Int, date: String, replacement: TableReplacement? = nil
    ) {
        self.table = table
        self.strategy = strategy
        self.columns = columns
        self.keptColumns = keptColumns ?? columns.map { _ in [] }
        self.expectedRows = expectedRows
        self.date = date
        self.replacement = replacement
    }
}

extension TableMerge {
    /// Positions of the columns that the merge changes in rows that are there.
    package var changedColumns: Set<Int> {
        zip(columns, keptColumns).reduce(into: Set()) { $0.formUnion(Set($1.0).subtracting($1.1)) }
    }
}

/// Which rows of a table go when the merge has none with their key.
package struct TableReplacement: Sendable {
    /// Position in `EntityTable.columns` and the values, as bytes, of the rows that are meant; nil for all rows.
    package let scope: (column: Int, values: Set<[UInt8]>)?
    /// Keys, as bytes, of rows that stay though the merge has none of them.
    package let present: Set<[UInt8]>
    /// Whether rows of a territory may go, or of none (nil); those that may not are no part of the scope.
    package let mayGo: @Sendable (_ territory: String?) -> Bool

    package init(
        scope: (column: Int, values: Set<[UInt8]>)?, present: Set<[UInt8]>,
        mayGo: @Sendable @escaping (_ territory: String?) -> Bool
    ) {
        self.scope = scope
        self.present = present
        self.mayGo = mayGo
    }
}

/// Rows of a replacement that share one value of its scope's column.
package struct ScopeDelta: Sendable, Equatable {
    package let value: String
    package var deleted = 0
    package var inScope = 0

    package init(_ value: String) { self.value = value }
}

/// What a table's rows would change.
package struct TableDelta: Sendable, Equatable {
    /// What becomes of the rows of one source.
    package struct Outcome: Sendable, Equatable {
        package var inserted = 0
        package var updated = 0
        package var unchanged = 0
        package init() {}
    }

    /// By source.
    package var outcomes: [Outcome]
    /// Rows that go, as the merge has none with their key, and all rows that its replacement means.
    package var deleted = 0
    package var inScope = 0
    /// The same by value, where the replacement's scope is a column.
    package var scopes: [ScopeDelta] = []
    /// Territories that rows leave or join.
    package var changedTerritories: Set<String> = []
    /// Whether rows change that are in no territory, before or after.
    package var changedOutsideTerritories = false
    /// Keys of changed rows, kept for tables that others refer to (not for outlets).
    package var changedKeys: Set<String> = []
    /// A key that APPEND found taken; nothing can be applied then.
    package var takenKey: String?

    package init(sources: Int) {
        outcomes = [Outcome](repeating: Outcome(), count: sources)
    }
}

/// Compares rows with the catalog's as they were at one version, while others go on writing.
package protocol MergePreparation {
    /// The version that is compared with.
    var version: Int64 { get }

    /// Compares the rows of one table, and keeps what differs. Once a table.
    /// - Parameter rows: the next rows in order, nil at the end; it may block.
    func compare(_ merge: TableMerge, rows: () throws -> PackedRows?) throws -> TableDelta

    /// Keeps what takes a change back: the former cells of the rows that it changed, and the keys of those that it brought.
    /// Rows that an import changed later lose that change too; rows that a planner changed later stay as they are.
    /// - Parameter date: ISO 8601 date, the modified date of the rows that get their cells back.
    /// - Throws: `HistoryForgotten` when its history is no longer kept.
    func takeBack(version: Int64, date: String) throws -> TakeBack
}

/// What differs, ready to be applied in a transaction. It takes room until it is discarded.
package protocol PreparedMerge: Sendable {
    /// The version that was compared with.
    var version: Int64 { get }

    /// Frees what it takes.
    func discard()
}

/// Another change touched a row of the merge, or too many of its tables, after it was compared: compare again.
package struct MergeOvertaken: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "rows of the merge were changed by others after it was prepared" }
}
