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
        let registered =
            max(0, Int(try await stages.store.size(key) ?? 0) - KnownRecords.headBytes) / KnownRecords.entryBytes
        let room = rows(of: brought.chunks)
        guard room >= registered / Self.leastShare else { return }
        var entries = try await entries(of: brought, refused, room: room)
        let count = entries.count
        guard count > 0 else { return }
        if registered > 0, let others = try await stillHolding(context, beside: entries, brought.table) {
            for position in 0..<others.count where others[position].keyHash != 0 { entries.append(others[position]) }
        }
        try await write(entries, to: key)
    }

    /// How many rows the files of some chunks brought.
    private func rows(of chunks: [ImportChunk]) -> Int {
        Set(chunks.map(\.fileIndex)).reduce(0) { $0 + work.files[$1].counts.read - work.files[$1].counts.refused }
    }

    private func entries(
        of brought: Brought, _ refused: RefusedRows, room: Int
    ) async throws -> [KnownRecords.Entry] {
        let columns = References(work.schema, from: brought.table).columns.count
        var entries: [KnownRecords.Entry] = []
        entries.reserveCapacity(room)
        for chunk in brought.chunks {
            let object = ObjectLayout.stagedKeys(session: work.session.sessionID, chunk: chunk.ordinal)
            let keys = try StagedKeys(try await stages.staged(object), referenceColumns: columns)
            let refused = refused.positions(inChunk: chunk.ordinal)
            for (position, print) in keys.prints.enumerated()
            where print != 0 && !refused.contains(UInt32(position)) {
                entries.append(KnownRecords.Entry(print: print, keyHash: keys.hashes[2 * position]))
            }
        }
        return entries
    }

    /// What was registered before, without the rows that this session brought or others changed.
    private func stillHolding(
        _ context: String, beside entries: [KnownRecords.Entry], _ table: EntityTable
    ) async throws -> KnownRecords? {
        let register = KnownRecordsRegister(catalog: stages.catalog, store: stages.store, logger: logger)
        guard var records = try await register.records(context), records.base < version else { return nil }
        let (base, session, version) = (records.base, records.session, version)
        let touched = try await stages.catalog.read { reader -> [String]? in
            guard try reader.remembers(base, madeBy: session) else { return nil }
            if base + 1 == version { return [] }
            return try reader.keysChanged(
                by: base + 1...version - 1, in: table, limit: KnownRecordsRegister.mostTouched)
        }
        guard let touched else { return nil }
        records.forget(Set(touched.map(\.exactHash.high)))
        let brought = HashFilter(entries.lazy.map(\.keyHash))
        records.forget(where: brought.mayContain)
        return records
    }

    private func write(_ entries: [KnownRecords.Entry], to object: ObjectKey) async throws {
        guard entries.count <= KnownRecords.mostRecords,
            let head = KnownRecords.head(base: version, session: work.session.sessionID, count: entries.count)
        else { return }
        var index = KnownRecordsIndex(records: entries.count) { body in for entry in entries { body(entry.print) } }
        let writer = try await stages.store.writer(object)
        do {
            try await writer.append(head)
            for start in stride(from: 0, to: entries.count, by: 1 << 16) {
                var piece = ByteWriter()
                for entry in entries[start..<min(start + 1 << 16, entries.count)] {
                    piece.number(entry.print)
                    piece.number(entry.keyHash)
                    index.add(entry.print)
                }
                try await writer.append(piece.bytes)
            }
            try await writer.append(index.encoded())
            try await writer.commit()
        } catch {
            await writer.discard()
            throw error
        }
    }
}
