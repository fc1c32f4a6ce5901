import Catalog
import Domain
import Foundation
import Logging
import ObjectStore

/// After a merge: has the registers name the records that it brought, since the catalog now has their rows as they say.
struct KnownRecordsUpdate {
    /// A session's records are registered when they are at least this share of those that are registered already: the whole
    /// object is written anew.
    private static let leastShare = 8
    /// Registered records read at a time.
    private static let readAtOnce = 1 << 16

    let stages: ImportStages
    let work: ImportStages.Work
    /// The version that the merge made.
    let version: Int64
    let logger: Logger

    /// What one context's files brought.
    private struct Brought {
        let table: EntityTable
        var chunks: [ImportChunk] = []
    }

    /// Goes through the session's contexts.
    func run(_ chunks: [ImportChunk]) async throws {
        var contexts: [String: Brought] = [:]
        for chunk in chunks {
            let plan = try await stages.plan(of: work, file: chunk.fileIndex)
            guard let context = plan.context else { continue }
            contexts[context, default: Brought(table: plan.plan.table)].chunks.append(chunk)
        }
        let refusals = RefusedRows.key(session: work.session.sessionID, version: work.session.pinnedVersion)
        let refused = try RefusedRows(try await stages.staged(refusals))
        for (context, brought) in contexts.sorted(by: { $0.key < $1.key }) {
            try await register(context, brought, refused)
        }
    }

    private func register(_ context: String, _ brought: Brought, _ refused: RefusedRows) async throws {
        let key = KnownRecordsRegister.key(context)
        let register = KnownRecordsRegister(catalog: stages.catalog, store: stages.store, logger: logger)
        let registered = try await register.foot(context)
        let room = rows(of: brought.chunks)
        guard room >= (registered?.count ?? 0) / Self.leastShare else { return }
        let object = try await stages.store.writer(key)
        do {
            var writer = KnownRecordsWriter(object, room: room + (registered?.count ?? 0) / 4)
            var keys = HashFilter(capacity: room)
            try await add(brought, refused, to: &writer, &keys)
            if let registered { try await addOthers(context, registered, brought.table, besides: keys, to: &writer) }
            try await writer.finish(base: version, session: work.session.sessionID)
        } catch {
            await object.discard()
            throw error
        }
    }

    /// How many rows the files of some chunks brought.
    private func rows(of chunks: [ImportChunk]) -> Int {
        Set(chunks.map(\.fileIndex)).reduce(0) { $0 + work.files[$1].counts.read - work.files[$1].counts.refused }
    }

    private func add(
        _ brought: Brought, _ refused: RefusedRows, to writer: inout KnownRecordsWriter, _ keyHashes: inout HashFilter
    ) async throws {
        let columns = References(work.schema, from: brought.table).columns.count
        for chunk in brought.chunks {
            let object = ObjectLayout.stagedKeys(session: work.session.sessionID, chunk: chunk.ordinal)
            let keys = try StagedKeys(try await stages.staged(object), referenceColumns: columns)
            let refused = refused.positions(inChunk: chunk.ordinal)
            for (position, print) in keys.prints.enumerated() {
                let keyHash = keys.hashes[2 * position]
                // What this session did to a row is known whether or not its record is.
                keyHashes.insert(keyHash)
                guard print != 0, !refused.contains(UInt32(position)) else { continue }
                try await writer.add(KnownRecords.Entry(print: print, keyHash: keyHash))
            }
        }
    }

    /// What was registered before, without the rows that this session brought or others changed.
    private func addOthers(
        _ context: String, _ foot: KnownRecords.Foot, _ table: EntityTable, besides brought: HashFilter,
        to writer: inout KnownRecordsWriter
    ) async throws {
        let version = version
        let touched = try await stages.catalog.read { reader -> [String]? in
            guard foot.base < version, try reader.remembers(foot.base, madeBy: foot.session) else { return nil }
            if foot.base + 1 == version { return [] }
            return try reader.keysChanged(
                by: foot.base + 1...version - 1, in: table, limit: KnownRecordsRegister.mostTouched)
        }
        guard let touched else { return }
        let keyHashes = Set(touched.map(\.exactHash.high))
        for start in stride(from: 0, to: foot.count, by: Self.readAtOnce) {
            let bytes = try await stages.store.get(
                KnownRecordsRegister.key(context), offset: start * KnownRecords.entryBytes,
                count: min(foot.count - start, Self.readAtOnce) * KnownRecords.entryBytes)
            var reader = ByteReader(bytes)
            while !reader.isAtEnd {
                let entry = KnownRecords.Entry(
                    print: try reader.number(UInt64.self), keyHash: try reader.number(UInt64.self))
                guard !brought.mayContain(entry.keyHash), !keyHashes.contains(entry.keyHash) else { continue }
                try await writer.add(entry)
            }
        }
    }
}
