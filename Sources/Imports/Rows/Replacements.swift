import Domain

/// What a session's files hold of the tables whose missing rows go, as the merge needs it.
struct Replacements {
    /// Of one table.
    struct Table {
        /// Values of the scope's column that rows have; empty when the scope is the table.
        var scope: [String] = []
        /// Keys of refused records: their rows are present.
        var present: [String] = []
    }

    /// A table that is not here keeps its rows.
    var tables: [EntityTable: Table] = [:]

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for (table, content) in tables.sorted(by: { $0.key < $1.key }) {
            writer.text(table.rawValue)
            writer.texts(content.scope)
            writer.texts(content.present)
        }
        return writer.bytes
    }

    init() {}

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let table = EntityTable(rawValue: try reader.text()) else { throw StagedDataError() }
            tables[table] = Table(scope: try reader.texts(), present: try reader.texts())
        }
    }
}
