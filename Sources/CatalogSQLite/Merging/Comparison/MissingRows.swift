import Catalog
import Domain

/// Tells which rows of the catalog a replacement means.
struct MissingRows {
    private let replacement: TableReplacement
    private let territoryColumn: Int32
    /// The last territory and the last value of the scope, as rows of one often follow one another, and what became of them.
    private var lastTerritory: (id: String?, mayGo: Bool)?
    private var lastValue: (bytes: [UInt8], isMeant: Bool)?

    init?(_ replacement: TableReplacement?, table: EntityTable) {
        guard let replacement else { return nil }
        self.replacement = replacement
        territoryColumn = Int32(table.territoryColumn.flatMap(table.index(of:)) ?? 0)
    }

    /// Whether a row lies in the scope.
    mutating func mean(_ row: RowStatement) -> Bool {
        guard isInScope(row) else { return false }
        let territory = row.cell(territoryColumn).text
        if let last = lastTerritory, last.id == territory { return last.mayGo }
        let mayGo = replacement.mayGo(territory)
        lastTerritory = (territory, mayGo)
        return mayGo
    }

    /// Whether a row that the merge does not have stays all the same.
    func keep(_ key: UnsafeRawBufferPointer) -> Bool {
        !replacement.present.isEmpty && replacement.present.contains(Array(key))
    }

    private mutating func isInScope(_ row: RowStatement) -> Bool {
        guard let (column, values) = replacement.scope else { return true }
        guard case .text(let bytes) = row.packed(Int32(column)) else { return false }
        if let last = lastValue, last.bytes.elementsEqual(bytes) { return last.isMeant }
        let value = Array(bytes)
        let isMeant = values.contains(value)
        lastValue = (value, isMeant)
        return isMeant
    }
}
