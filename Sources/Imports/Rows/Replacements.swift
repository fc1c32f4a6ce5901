import Domain

/// What a session's files hold of the tables whose missing rows go, as the merge needs it.
struct Replacements {
    /// Of one table.
    struct Table {
        /// Values of the scope's column that rows have; empty when the scope is the table.
        var scope: [[UInt8]] = []
        /// Keys of refused records: their rows are present.
        var present: [[UInt8]] = []
    }

    /// A table that is not here keeps its rows.
    var tables: [EntityTable: Table] = [:]

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for (table, content) in tables.sorted(by: { $0.key < $1.key }) {
            writer.text(table.rawValue)
            for keys in [content.scope, content.present] {
                writer.number(UInt32(keys.count))
                for key in keys {
                    writer.number(UInt32(key.count))
                    writer.append(key)
                }
            }
        }
        return writer.bytes
    }

    init() {}

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard let table = EntityTable(rawValue: try reader.text()) else { throw StagedDataError() }
            tables[table] = Table(scope: try reader.keys(), present: try reader.keys())
        }
    }
}

extension ByteReader {
    fileprivate mutating func keys() throws(StagedDataError) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        for _ in 0..<(try number(UInt32.self)) { keys.append(Array(try bytes(Int(try number(UInt32.self))))) }
        return keys
    }
}
