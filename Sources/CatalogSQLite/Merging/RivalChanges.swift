import Catalog
import Domain

/// What others changed of one table since a merge was compared with it. Keys are bytes, since Swift takes some spellings for equal.
struct RivalChanges {
    /// Rows of one table beyond which it is compared anew.
    private static let mostRows = 50_000

    /// Rows that the merge does not have.
    private(set) var elsewhere: [[UInt8]] = []
    /// Rows that it has, changed in columns by which nothing is decided: theirs stay, and so does all that the comparison found.
    private(set) var beside: Set<[UInt8]> = []
    var isEmpty: Bool { elsewhere.isEmpty && beside.isEmpty }

    /// - Parameter version: that was compared with.
    /// - Throws: `MergeOvertaken` when the comparison no longer holds.
    init(_ transaction: SQLiteTransaction, since version: Int64, in table: EntityTable, _ prepared: PreparedTable)
        throws
    {
        let changes = try transaction.changes(
            after: version, in: table, columns: prepared.decisiveColumns, limit: Self.mostRows)
        guard let changes else { throw MergeOvertaken() }
        if changes.isEmpty { return }
        let isDecisive = Dictionary(changes.map { (Array($0.key.utf8), $0.isMeant) }) { $0 || $1 }
        let hashes = Set(isDecisive.keys.map(Self.hash))
        let met = Set(prepared.keys.filter(hashes.contains))
        if prepared.keysOfMissing.contains(where: hashes.contains) { throw MergeOvertaken() }
        for (key, decides) in isDecisive {
            guard met.contains(Self.hash(key)) else {
                elsewhere.append(key)
                continue
            }
            if decides { throw MergeOvertaken() }
            beside.insert(key)
        }
        elsewhere.sort { $0.lexicographicallyPrecedes($1) }
    }

    private static func hash(_ key: [UInt8]) -> Int { key.withUnsafeBytes { ByteHash.of($0) } }
}
