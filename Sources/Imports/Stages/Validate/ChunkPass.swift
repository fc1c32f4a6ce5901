import Domain
import Tabular

/// One pass over the records of a chunk: what came of those that it took so far.
struct ChunkPass: ~Copyable {
    /// After so many records it is told whether known ones are looked for any longer: not where fewer than one in `leastShare`
    /// was, as in a file that brings other values throughout.
    private static let sample = 500
    private static let leastShare = 8

    private var mapper: RecordMapper
    private let references: [Int]
    private let names: Bool
    private let known: KnownRecords?
    /// Where the next known record is looked for first.
    private var nextKnown = 0
    private var returned: ReturnedRecord?
    private let keepsRefusedKeys: Bool
    private var rows: StagedRows
    private var keys: KeyCollector
    private var positions = RowPositions()

    /// - Parameters:
    ///   - references: positions of the columns that other rows are looked at for.
    ///   - names: whether records are named, for those to whom they are known.
    ///   - returned: for records of an error report that comes back.
    ///   - rowBytes: how many bytes the rows may take before they are moved.
    init(
        _ mapper: consuming RecordMapper, references: [Int], names: Bool, known: KnownRecords?,
        returned: ReturnedRecord?, keepsRefusedKeys: Bool, rowBytes: Int
    ) {
        self.mapper = mapper
        self.references = references
        self.names = names
        self.known = known
        self.returned = returned
        self.keepsRefusedKeys = keepsRefusedKeys
        rows = StagedRows(capacity: rowBytes)
        keys = KeyCollector(referenceColumns: references.count)
    }

    /// Takes the reader's current record.
    /// - Parameter chunk: the reader's bytes.
    mutating func take(_ reader: CSVReader, _ chunk: UnsafeRawBufferPointer) {
        let print = names ? KnownRecords.print(of: UnsafeRawBufferPointer(rebasing: chunk[reader.byteRange])) : nil
        if let print, isWorthLooking, let keyHash = known?.keyHash(of: print, next: &nextKnown),
            pass(reader, chunk, print, keyHash)
        {
            return
        }
        let issues = mapper.issues.count
        switch returned?.kind(of: reader) {
        case nil: mapper.map(reader, chunk, into: &rows.bytes)
        case .notOurs?: return
        case .uncorrected?: returned?.refuseUncorrected(reader, &mapper)
        case .record?:
            mapper.map(reader, chunk, into: &rows.bytes)
            returned?.refuseLoser(reader, &mapper, rows.bytes)
        }
        keys.read += 1
        guard !mapper.isRefused, let key = mapper.cells[0].text else { return refuse() }
        rows.keep(key: key)
        collect(reader, print.map { mapper.issues.count == issues ? $0 : 0 }, key, StableHash.hash128(rows.bytes[key]))
    }

    private var isWorthLooking: Bool {
        keys.read < Self.sample || positions.count * Self.leastShare >= keys.read
    }

    /// Passes over a known record: its row is not staged. False when it only looked like one.
    private mutating func pass(
        _ reader: CSVReader, _ chunk: UnsafeRawBufferPointer, _ print: UInt64, _ keyHash: UInt64
    ) -> Bool {
        mapper.mapKnown(reader, chunk, into: &rows.bytes)
        if let key = mapper.cells[0].text {
            let hash = StableHash.hash128(rows.bytes[key])
            if hash.high == keyHash {
                keys.read += 1
                positions.insert(rows.survivors)
                collect(reader, print, key, hash)
                rows.pass()
                return true
            }
        }
        rows.drop()
        return false
    }

    private mutating func refuse() {
        keys.refused += 1
        if keepsRefusedKeys { keys.keep(refused: mapper.cells[0].text.map { rows.bytes[$0] }) }
        rows.drop()
    }

    private mutating func collect(_ reader: CSVReader, _ print: UInt64?, _ key: Range<Int>, _ hash: Hash128) {
        let cells = mapper.cells
        keys.append(record: reader.recordIndex, line: reader.line, print: print, key: rows.bytes[key], hash: hash) {
            column in cells[references[column]].text.map { rows.bytes[$0] }
        }
    }

    /// What came of all of them.
    consuming func result() -> ChunkValidation.Result {
        keys.warnings = mapper.warnings
        return ChunkValidation.Result(rows: rows.sealed(), known: positions, keys: keys, issues: mapper.issues)
    }
}
