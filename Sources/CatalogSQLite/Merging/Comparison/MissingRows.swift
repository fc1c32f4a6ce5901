import Catalog
import Domain

/// Tells which rows of the catalog a replacement means.
struct MissingRows {
    private let replacement: TableReplacement
    private let territoryColumn: Int
    /// The last territory and the last value of the scope, as rows of one often follow one another, and what became of them.
    private var lastTerritory: (id: String?, mayGo: Bool)?
    private var lastValue: (bytes: [UInt8], scope: Int?)?
    /// By value of the scope's column, in the order in which they were met; empty where the scope is the table.
    private(set) var scopes: [ScopeDelta] = []
    private var scopeByValue: [[UInt8]: Int] = [:]

    init?(_ replacement: TableReplacement?, table: EntityTable) {
        guard let replacement else { return nil }
        self.replacement = replacement
        territoryColumn = table.territoryColumn.flatMap(table.index(of:)) ?? 0
    }

    /// Counts the row that was looked at last.
    mutating func count(isDeleted: Bool) {
        guard let scope = lastValue?.scope else { return }
        if isDeleted { scopes[scope].deleted += 1 } else { scopes[scope].inScope += 1 }
    }

    /// Whether a row lies in the scope.
    /// - Parameter row: its cells, the table's columns first.
    mutating func mean(_ row: [PackedRow.Cell]) -> Bool {
        guard isInScope(row) else { return false }
        let territory = row[territoryColumn].value.text
        if let last = lastTerritory, last.id == territory { return last.mayGo }
        let mayGo = replacement.mayGo(territory)
        lastTerritory = (territory, mayGo)
        return mayGo
    }

    /// Whether a row that the merge does not have stays all the same.
    func keep(_ key: UnsafeRawBufferPointer) -> Bool {
        !replacement.present.isEmpty && replacement.present.contains(Array(key))
    }

    private mutating func isInScope(_ row: [PackedRow.Cell]) -> Bool {
        guard let (column, values) = replacement.scope else { return true }
        guard case .text(let bytes) = row[column] else { return false }
        if let last = lastValue, last.bytes.elementsEqual(bytes) { return last.scope != nil }
        let value = Array(bytes)
        lastValue = (value, values.contains(value) ? number(of: value) : nil)
        return lastValue?.scope != nil
    }

    private mutating func number(of value: [UInt8]) -> Int {
        if let known = scopeByValue[value] { return known }
        scopeByValue[value] = scopes.count
        scopes.append(ScopeDelta(String(decoding: value, as: UTF8.self)))
        return scopes.count - 1
    }
}
