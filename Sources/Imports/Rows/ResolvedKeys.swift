import Domain

/// What the rows that survived the resolve stage rely on, as the merge asks for it again when the catalog has moved on.
struct ResolvedKeys: Equatable {
    /// Keys that rows refer to by a relationship whose breach is an ERROR, by table.
    var referred: [EntityTable: [String]] = [:]
    /// Keys of the session's own territories.
    var territories: [String] = []

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.texts(territories)
        for (table, keys) in referred.sorted(by: { $0.key < $1.key }) {
            writer.text(table.rawValue)
            writer.texts(keys)
        }
        return writer.bytes
    }

    init() {}

    /// Reads the bytes of the object.
    init(_ bytes: [UInt8]) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        territories = try reader.texts()
        while !reader.isAtEnd {
            guard let table = EntityTable(rawValue: try reader.text()) else { throw StagedDataError() }
            referred[table] = try reader.texts()
        }
    }
}
