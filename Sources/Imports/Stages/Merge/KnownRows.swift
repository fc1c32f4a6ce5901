import Catalog
import Domain
import Logging
import ObjectStore
import Tabular

/// The chunks of a session as a merge reads them, and how many of their rows it need not read: the catalog has them.
struct KnownRows {
    /// With the known records that their rows were staged without; nil for a chunk of which all are staged.
    let chunks: [ImportChunk]
    /// By ordinal of the chunk: its known rows, without those that the resolve stage refused.
    let counts: [Int: Int]
    /// The catalog's version up to which nobody else changed these rows.
    private let version: Int64
    /// By table, the positions of the columns in which its known rows must stay as they were.
    private let columns: [EntityTable: [Int]]

    /// Every row is to be read.
    init(stagedAllOf chunks: [ImportChunk]) {
        self.init(chunks, [:], at: 0, columns: [:])
    }

    fileprivate init(
        _ chunks: [ImportChunk], _ counts: [Int: Int], at version: Int64, columns: [EntityTable: [Int]]
    ) {
        self.chunks = chunks
        self.counts = counts
        self.version = version
        self.columns = columns
    }

    /// - Throws: `MergeOvertaken` when another change touched rows of their tables since they were looked at, in a column by which
    ///   their merge is decided.
    func demandUntouched(_ catalog: any MasterDataReader) throws {
        let now = try catalog.version()
        guard now > version else { return }
        for (table, columns) in columns {
            let touched = try catalog.keysChanged(
                by: version + 1...now, in: table, columns: columns, limit: KnownRecordsRegister.mostTouched)
            if touched?.isEmpty != true { throw MergeOvertaken() }
        }
    }
}

/// Looks before a merge whether the rows that were known when their chunks were validated are still as they were, and stages the
/// rows of those chunks of which others changed some.
struct KnownRowsCheck {
    private static let chunksAtOnce = 2

    let stages: ImportStages
    let work: ImportStages.Work
    let staging: ChunkStaging

    /// - Parameter trusts: false to stage all rows whatever was known.
    func run(_ chunks: [ImportChunk], trusts: Bool) async throws -> KnownRows {
        let withKnown = chunks.filter { $0.known != nil }
        guard !withKnown.isEmpty else { return KnownRows(stagedAllOf: chunks) }
        let tables = try work.files.map { try work.entity(of: $0).table }
        let byTable = Dictionary(grouping: withKnown) { tables[$0.fileIndex] }
        let (version, touched) = try await touched(byTable)
        let positions = trusts ? try await positions(withKnown) : [:]
        var again = Set(withKnown.map(\.ordinal)).subtracting(positions.keys)
        for (table, chunks) in byTable.sorted(by: { $0.key < $1.key }) {
            if let touched = touched[table] ?? nil {
                again.formUnion(try await self.chunks(chunks, among: positions, thatHave: touched))
            } else {
                again.formUnion(chunks.map(\.ordinal))
            }
        }
        let anew = again
        let lost = withKnown.filter { anew.contains($0.ordinal) }
        try await inOrder(lost.count, atOnce: Self.chunksAtOnce) {
            try await staging.stageAllRows(of: lost[$0])
        } use: { _ in
        }
        let standing = chunks.map { chunk in
            var chunk = chunk
            if anew.contains(chunk.ordinal) { chunk.known = nil }
            return chunk
        }
        let left = standing.filter { $0.known != nil }
        let tablesLeft = try Set(left.map { tables[$0.fileIndex] }).map { ($0, try work.decisiveColumns(of: $0)) }
        return KnownRows(
            standing, try await counts(positions.filter { !anew.contains($0.key) }), at: version,
            columns: Dictionary(uniqueKeysWithValues: tablesLeft))
    }

    /// The catalog's version, and by table the hashes of the keys that changed since the first of its chunks was validated; nil
    /// where they are too many, or forgotten.
    private func touched(_ chunks: [EntityTable: [ImportChunk]]) async throws -> (Int64, [EntityTable: Set<UInt64>?]) {
        let since = try chunks.map { table, chunks in
            (table, chunks.compactMap(\.known?.at).min() ?? 0, try work.decisiveColumns(of: table))
        }
        return try await stages.catalog.read { reader in
            let version = try reader.version()
            let touched = try since.map { table, since, columns -> (EntityTable, Set<UInt64>?) in
                if since >= version { return (table, []) }
                let keys = try reader.keysChanged(
                    by: since + 1...version, in: table, columns: columns, limit: KnownRecordsRegister.mostTouched)
                return (table, keys.map { Set($0.map(\.exactHash.high)) })
            }
            return (version, Dictionary(uniqueKeysWithValues: touched))
        }
    }

    /// The known rows of each chunk, by its ordinal; none of one whose are lost.
    private func positions(_ chunks: [ImportChunk]) async throws -> [Int: RowPositions] {
        var positions: [Int: RowPositions] = [:]
        for chunk in chunks { positions[chunk.ordinal] = try await staging.knownRows(of: chunk) }
        return positions
    }

    /// Those of the chunks that have a known row with one of these keys.
    private func chunks(
        _ chunks: [ImportChunk], among positions: [Int: RowPositions], thatHave keys: Set<UInt64>
    ) async throws -> [Int] {
        if keys.isEmpty { return [] }
        var found: [Int] = []
        for chunk in chunks {
            guard let known = positions[chunk.ordinal] else { continue }
            let staged = try await staging.keys(of: chunk)
            let isTouched = staged.records.indices.contains { row in
                keys.contains(staged.hashes[2 * row]) && known.contains(row)
            }
            if isTouched { found.append(chunk.ordinal) }
        }
        return found
    }

    private func counts(_ positions: [Int: RowPositions]) async throws -> [Int: Int] {
        let (id, version) = (work.session.sessionID, work.session.pinnedVersion)
        let refused = try RefusedRows(try await stages.staged(RefusedRows.key(session: id, version: version)))
        return Dictionary(
            uniqueKeysWithValues: positions.map { chunk, known in
                (chunk, known.count - refused.positions(inChunk: chunk).count { known.contains(Int($0)) })
            })
    }
}
