import Domain
import Tabular

/// Validates the bytes of one chunk: pure, so that running it again gives the same bytes.
struct ChunkValidation {
    /// What goes to the object store.
    struct Result {
        var rows: [UInt8]
        var keys: KeyCollector
        var issues: [ImportIssue]
    }

    let chunk: ImportChunk
    let entry: PlanCache.Entry
    let schema: ImportSchema

    /// Reads every record of the chunk.
    func run(_ bytes: [UInt8]) -> Result {
        let references = References(schema, from: entry.plan.table).columns
        var mapper = RecordMapper(
            plan: entry.plan, fileIndex: chunk.fileIndex,
            options: RecordMapper.Options(
                mayHoldBadBytes: UTF8Validation.firstFault(in: bytes) != nil,
                keepsEmpty: schema.deltaStrategy == .merge, isReport: entry.layout.isReport))
        let returned = entry.layout.isReport ? ReturnedRecord(files: entry.files) : nil
        var rows = StagedRows(capacity: bytes.count + bytes.count / 2)
        var keys = KeyCollector(referenceColumns: references.count)
        let missingRowsGo = schema.fullReplace(of: entry.plan.table) != nil
        var reader = CSVReader(
            bytes, dialect: entry.layout.dialect, firstLine: chunk.firstLine, firstRecord: chunk.firstRecord)
        // SAFETY: the pointer is good for the length of the closure, and nothing in it outlives that.
        bytes.withUnsafeBytes { chunk in
            while reader.next() {
                switch returned?.kind(of: reader) {
                case nil: mapper.map(reader, chunk, into: &rows.bytes)
                case .notOurs?: continue
                case .uncorrected?: returned?.refuseUncorrected(reader, &mapper)
                case .record?:
                    mapper.map(reader, chunk, into: &rows.bytes)
                    returned?.refuseLoser(reader, &mapper, rows.bytes)
                }
                keys.read += 1
                guard !mapper.isRefused, let key = mapper.cells[0].text else {
                    keys.refused += 1
                    if missingRowsGo { keys.keep(refused: mapper.cells[0].text.map { rows.bytes[$0] }) }
                    rows.drop()
                    continue
                }
                rows.keep(key: key)
                let cells = mapper.cells
                keys.append(record: reader.recordIndex, line: reader.line, key: rows.bytes[key]) { column in
                    cells[references[column]].text.map { rows.bytes[$0] }
                }
            }
        }
        keys.warnings = mapper.warnings
        return Result(rows: rows.encoded(), keys: keys, issues: mapper.issues)
    }
}
