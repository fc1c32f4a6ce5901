package import Domain
import Tabular

/// The row stages over one file in memory, without a session, a catalog or a store: what `import-bench` measures.
package struct RowStagesTrial: Sendable {
    /// What a run found.
    package struct Outcome: Sendable {
        package var read = 0
        package var refused = 0
        package var issues = 0
        /// Bytes of the staged objects: rows, keys, issues.
        package var stagedBytes = 0
        /// Over the staged rows of all chunks: two runs that agree wrote the same.
        package var rowsHash: UInt64 = 0
        fileprivate(set) package var keyObjects: [Int: [UInt8]] = [:]
    }

    private let schema: ImportSchema
    private let file: [UInt8]
    private let chunks: [ImportChunk]
    private let entry: PlanCache.Entry

    /// Divides the file into chunks as the schema stage does.
    /// - Throws: `RequestError` when the schema has no such entity or the file no header that fits it.
    package init(schema: ImportSchema, entity name: String, file: [UInt8]) throws(RequestError) {
        guard let entity = schema.entities[name] else {
            throw RequestError(.schemaValidationFailed, "schema \(schema.schemaId) has no entity \(name).")
        }
        let limits = ImportLimits()
        var boundaries = RecordBoundaries(
            dialect: CSVDialect(), targetBytes: limits.chunkBytes, targetRecords: limits.chunkRecords,
            byteOrderMarkLength: 0)
        let found = boundaries.feed(file) + boundaries.finish()
        var reader = CSVReader(file)
        _ = reader.next()
        let header = (0..<reader.fieldCount).map { reader.fieldString($0) }
        do throws(SchemaMismatch) {
            let layout = FileLayout(dialect: CSVDialect(), header: header, overlongLines: boundaries.overlongLines)
            entry = PlanCache.Entry(
                plan: try RecordPlan(entity: entity, schema: schema, header: header), layout: layout, files: [],
                context: nil)
        } catch {
            throw RequestError(
                .schemaValidationFailed, "the file lacks \(error.missingColumns.joined(separator: ", ")).")
        }
        self.schema = schema
        self.file = file
        chunks = found.enumerated().map { ordinal, chunk in
            ImportChunk(
                ordinal: ordinal, fileIndex: 0, byteOffset: chunk.byteOffset, byteLength: chunk.byteLength,
                firstLine: chunk.firstLine, firstRecord: chunk.firstRecord)
        }
    }

    /// Validates every chunk, as many at once as `workers`.
    package func validate(workers: Int) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var outcome = Outcome()
                    for position in stride(from: worker, to: chunks.count, by: workers) {
                        validate(chunks[position], into: &outcome)
                    }
                    return outcome
                }
            }
            var all = Outcome()
            for await part in group {
                all.read += part.read
                all.refused += part.refused
                all.issues += part.issues
                all.stagedBytes += part.stagedBytes
                all.rowsHash ^= part.rowsHash
                all.keyObjects.merge(part.keyObjects) { first, _ in first }
            }
            return all
        }
    }

    private func validate(_ chunk: ImportChunk, into outcome: inout Outcome) {
        let bytes = Array(file[chunk.byteOffset..<chunk.byteOffset + chunk.byteLength])
        let result = ChunkValidation(chunk: chunk, entry: entry, schema: schema).run(bytes)
        let keys = result.keys.encoded()
        outcome.read += result.keys.read
        outcome.refused += result.keys.refused
        outcome.issues += result.issues.count
        outcome.rowsHash ^= StableHash.hash64(result.rows)
        outcome.stagedBytes += result.rows.count + keys.count
        outcome.keyObjects[chunk.ordinal] = keys
    }

    /// Resolves what was validated, against a catalog that has whatever is asked for. Returns how many rows it refused.
    /// - Throws: what the stage throws over damaged data.
    package func resolve(_ outcome: Outcome) throws -> Int {
        var resolution = Resolution(
            schema: schema, fileOfChunk: chunks.map(\.fileIndex), fileNames: ["file.csv"],
            entityOfFile: Array(schema.entities.values.filter { $0.table == entry.plan.table }.prefix(1)))
        let table = entry.plan.table
        let columns = References(schema, from: table).columns.count
        for chunk in chunks {
            let keys = try StagedKeys(outcome.keyObjects[chunk.ordinal] ?? [], referenceColumns: columns)
            resolution.append(keys, chunk: chunk.ordinal, table: table)
        }
        try resolution.run(
            existing: { keys, _ in Set(keys) }, hierarchy: { TerritoryHierarchy(catalog: [:]) },
            territories: { _, _, _ in }, texts: { _, _, _, _ in })
        return resolution.refusedPositions().values.reduce(0) { $0 + $1.count }
    }
}
