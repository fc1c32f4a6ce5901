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

    /// A register that is being written anew.
    private struct Open {
        var writer: KnownRecordsWriter
        /// What the register ends with that it replaces.
        let former: KnownRecords.Foot?
    }

    let stages: ImportStages
    let work: ImportStages.Work
    /// The version that the merge made.
    let version: Int64
    let logger: Logger

    private var register: KnownRecordsRegister {
        KnownRecordsRegister(catalog: stages.catalog, store: stages.store, logger: logger)
    }

    /// Goes through the session's tables.
    func run(_ chunks: [ImportChunk]) async throws {
        let refusals = RefusedRows.key(session: work.session.sessionID, version: work.session.pinnedVersion)
        let refused = try RefusedRows(try await stages.staged(refusals))
        for (table, files) in try work.filesByTable() {
            var contexts: [Int: String] = [:]
            for file in files { contexts[file] = try await stages.plan(of: work, file: file).context }
            var open: [String: Open] = [:]
            do {
                for context in Set(contexts.values).sorted() {
                    open[context] = try await begin(context, room: rows(of: files.filter { contexts[$0] == context }))
                }
                if open.isEmpty { continue }
                let brought = try await add(
                    chunks.filter { files.contains($0.fileIndex) }, of: table, contexts, refused, to: &open,
                    room: rows(of: files))
                for context in open.keys.sorted() { try await end(context, &open, of: table, besides: brought) }
            } catch {
                for register in open.values { await register.writer.discard() }
                throw error
            }
        }
    }

    /// How many rows files brought.
    private func rows(of files: [Int]) -> Int {
        files.reduce(0) { $0 + work.files[$1].counts.read - work.files[$1].counts.refused }
    }

    /// Begins a context's register; nil where it is to stay as it is.
    private func begin(_ context: String, room: Int) async throws -> Open? {
        let former = try await register.foot(context)
        let registered = former?.count ?? 0
        // Another session's, or another run's of this one, that was later may be there already.
        guard former.map({ $0.base < version }) ?? true, room > 0, room >= registered / Self.leastShare,
            room <= KnownRecordsIndex.mostRecords
        else { return nil }
        let object = try await stages.store.writer(KnownRecordsRegister.key(context))
        return Open(writer: KnownRecordsWriter(object, room: room + registered / 4), former: former)
    }

    /// Adds what the chunks of a table brought to the registers of their files.
    /// - Returns: the hashes of all their keys: also a row that came with no context, or with another one, is no longer as a
    ///   register has it.
    private func add(
        _ chunks: [ImportChunk], of table: EntityTable, _ contexts: [Int: String], _ refused: RefusedRows,
        to open: inout [String: Open], room: Int
    ) async throws -> HashFilter {
        let staging = ChunkStaging(stages: stages, work: work, logger: logger)
        var brought = HashFilter(capacity: room)
        for chunk in chunks {
            let keys = try await staging.keys(of: chunk)
            for row in keys.records.indices { brought.insert(keys.hashes[2 * row]) }
            guard let context = contexts[chunk.fileIndex], var register = open.removeValue(forKey: context) else {
                continue
            }
            let refused = refused.positions(inChunk: chunk.ordinal)
            for (row, print) in keys.prints.enumerated() where print != 0 && !refused.contains(UInt32(row)) {
                try await register.writer.add(KnownRecords.Entry(print: print, keyHash: keys.hashes[2 * row]))
            }
            open[context] = register
        }
        return brought
    }

    /// Adds what was registered before, without the rows that this session brought or others changed, and has the register
    /// appear unless another one did meanwhile.
    private func end(
        _ context: String, _ open: inout [String: Open], of table: EntityTable, besides brought: HashFilter
    ) async throws {
        guard var register = open.removeValue(forKey: context) else { return }
        do {
            if let former = register.former {
                try await addOthers(context, former, table, besides: brought, to: &register.writer)
            }
            guard try await self.register.foot(context) == register.former else {
                return await register.writer.discard()
            }
            try await register.writer.finish(base: version, session: work.session.sessionID)
        } catch {
            await register.writer.discard()
            throw error
        }
    }

    private func addOthers(
        _ context: String, _ foot: KnownRecords.Foot, _ table: EntityTable, besides brought: HashFilter,
        to writer: inout KnownRecordsWriter
    ) async throws {
        let version = version
        let columns = try work.decisiveColumns(of: table)
        let touched = try await stages.catalog.read { reader -> [String]? in
            guard try reader.remembers(foot.base, madeBy: foot.session) else { return nil }
            if foot.base + 1 == version { return [] }
            return try reader.keysChanged(
                by: foot.base + 1...version - 1, in: table, columns: columns,
                limit: KnownRecordsRegister.mostTouched)
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
