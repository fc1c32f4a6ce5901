import Crypto
import Domain
import Foundation
import Tabular

/// Everything but its bytes that decides what becomes of a record before it is looked at beside others. Records known in one
/// context say nothing in another.
struct KnownContext: Codable {
    /// To be raised with every change of how a record is read, mapped or checked: what passed the checks before is then looked
    /// at again.
    private static let revision = 1

    private let revision: Int
    private let schema: ImportSchema
    private let entity: String
    private let tableColumns: [String]
    private let dialect: CSVDialect
    private let columnCount: Int
    /// Where each column stands that is mapped. The names of others say nothing: `Stock 2026-11-26` is another one each day.
    private let columns: [String: Int]

    /// Nil where rows are not what a single record says, or where those that are missing count: their records are never known.
    init?(_ schema: ImportSchema, entity name: String, layout: FileLayout) {
        guard let table = schema.entities[name]?.table, schema.deltaStrategy != .append, !layout.isReport,
            schema.sums(of: table).isEmpty, schema.fullReplace(of: table) == nil
        else { return nil }
        revision = Self.revision
        self.schema = schema
        entity = name
        tableColumns = table.columns.map(\.name)
        dialect = layout.dialect
        columnCount = layout.header.count
        let mapped = Set(schema.entities[name]?.fieldMappings.flatMap(\.sources) ?? [])
        let named = layout.header.enumerated().filter { mapped.contains($0.element) }
        columns = Dictionary(named.map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// What names the context's register among others.
    func name() throws -> String { Hexadecimal.text(SHA256.hash(data: try JSONEncoder.canonical.encode(self))) }
}
