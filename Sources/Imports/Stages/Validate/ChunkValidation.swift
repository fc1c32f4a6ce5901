import Domain
import Tabular

/// Validates the bytes of one chunk: pure, so that running it again gives the same bytes.
struct ChunkValidation {
    /// What goes to the object store.
    struct Result {
        var rows: [UInt8]
        var keys: StagedKeys
        var issues: [ImportIssue]
    }

    let chunk: ImportChunk
    let entry: PlanCache.Entry
    let schema: ImportSchema

    /// Reads every record of the chunk.
    func run(_ bytes: [UInt8]) -> Result {
        let plan = entry.plan
        let mapper = RecordMapper(plan: plan, fileIndex: chunk.fileIndex)
        let columns = plan.targets.map(\.position)
        let references = References(schema, from: plan.table).columns
        let mayHoldBadBytes = UTF8Validation.firstFault(in: bytes) != nil
        var reader = CSVReader(
            bytes, dialect: entry.layout.dialect, firstLine: chunk.firstLine, firstRecord: chunk.firstRecord)
        var rows = StagedRows()
        rows.reserve(bytes: bytes.count)
        var keys = StagedKeys(referenceColumns: references.count)
        var issues: [ImportIssue] = []
        while reader.next() {
            let record = mapper.map(reader, mayHoldBadBytes: mayHoldBadBytes)
            keys.read += 1
            keys.warnings += record.issues.count { $0.severity == .warning }
            if record.isRefused {
                keys.refused += 1
            } else {
                rows.append(record.values, columns: columns)
                keys.append(
                    record: reader.recordIndex, line: reader.line, values: record.values, referenceColumns: references)
            }
            issues += record.issues
        }
        return Result(rows: rows.encoded(), keys: keys, issues: issues)
    }
}
