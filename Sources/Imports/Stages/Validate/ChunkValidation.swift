import Domain
import Tabular

/// Validates the bytes of one chunk: pure, so that running it again against the same known records gives the same bytes.
struct ChunkValidation {
    /// What goes to the object store.
    struct Result {
        /// The rows that were not known, sealed.
        var rows: [UInt8]
        var known = RowPositions()
        var keys: KeyCollector
        var issues: [ImportIssue]
    }

    let chunk: ImportChunk
    let entry: PlanCache.Entry
    let schema: ImportSchema
    /// Records of which nothing but the key and what they refer to need be looked at.
    var known: KnownRecords?

    /// Reads every record of the chunk.
    func run(_ bytes: [UInt8]) -> Result {
        let references = References(schema, from: entry.plan.table).columns
        let mapper = RecordMapper(
            plan: entry.plan, fileIndex: chunk.fileIndex,
            options: RecordMapper.Options(
                mayHoldBadBytes: UTF8Validation.firstFault(in: bytes) != nil,
                keepsEmpty: schema.deltaStrategy == .merge, isReport: entry.layout.isReport, references: references))
        var pass = ChunkPass(
            mapper, references: references, names: entry.context != nil, known: known,
            returned: entry.layout.isReport
                ? ReturnedRecord(files: entry.files, entities: schema.entities.values) : nil,
            keepsRefusedKeys: schema.fullReplace(of: entry.plan.table) != nil,
            rowBytes: bytes.count + bytes.count / 2)
        var reader = CSVReader(
            bytes, dialect: entry.layout.dialect, firstLine: chunk.firstLine, firstRecord: chunk.firstRecord)
        // SAFETY: the pointer is good for the length of the closure, and nothing in it outlives that.
        bytes.withUnsafeBytes { chunk in
            while reader.next() { pass.take(reader, chunk) }
        }
        return pass.result()
    }
}
