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
    private let header: [String]

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
        header = layout.header
    }

    /// What names the context's register among others.
    func name() throws -> String { Hexadecimal.text(SHA256.hash(data: try JSONEncoder.canonical.encode(self))) }
}
