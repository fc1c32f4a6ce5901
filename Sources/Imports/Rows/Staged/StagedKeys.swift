import Domain
import Tabular

/// Gathers what the resolve stage needs of a chunk's rows: their keys, what they refer to, and where they came from.
struct KeyCollector {
    /// Data records that the chunk held.
    var read = 0
    /// Of these, refused by the chunk's own checks.
    var refused = 0
    var warnings = 0
    private var records: [UInt32] = []
    private var lines: [UInt32] = []
    private var hashes: [UInt64] = []
    private var keys: [UInt8] = []
    private var keyEnds: [UInt32] = []
    private var prints: [UInt64] = []
    private var values: [ByteTable]
    private var references: [[UInt32]]
    private var refusedKeys = ByteTable()
    /// Refused records of which no key could be read.
    private var keyless = 0

    init(referenceColumns: Int) {
        values = [ByteTable](repeating: ByteTable(), count: referenceColumns)
        references = [[UInt32]](repeating: [], count: referenceColumns)
    }

    /// Adds a row that passed the chunk's checks.
    /// - Parameters:
    ///   - print: what names its record among known ones; nil where no records are.
    ///   - hash: of its key.
    ///   - reference: its text in reference column `0..<referenceColumns`; nil for null.
    mutating func append(
        record: Int, line: Int, print: UInt64? = nil, key: UnsafeRawBufferPointer, hash: Hash128,
        reference: (Int) -> UnsafeRawBufferPointer?
    ) {
        records.append(UInt32(clamping: record))
        lines.append(UInt32(clamping: line))
        if let print { prints.append(print) }
        hashes.append(hash.high)
        hashes.append(hash.low)
        keys.append(contentsOf: key)
        keyEnds.append(UInt32(keys.count))
        for column in references.indices {
            references[column].append(reference(column).map { UInt32(values[column].insert($0) + 1) } ?? 0)
        }
    }

    /// Keeps the key of a record that was refused: its row counts as present where missing rows go.
    mutating func keep(refused key: UnsafeRawBufferPointer?) {
        if let key { _ = refusedKeys.insert(key) } else { keyless += 1 }
    }

    /// The bytes of the object.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.reserve(keys.count + records.count * (36 + 4 * references.count))
        writer.number(UInt32(clamping: keyless))
        writer.number(UInt32(refusedKeys.count))
        writer.numbers(refusedKeys.ends)
        writer.append(refusedKeys.bytes)
        for count in [read, refused, warnings, values.count, records.count] { writer.number(UInt32(clamping: count)) }
        for column in values {
            writer.number(UInt32(column.count))
            writer.numbers(column.ends)
            writer.append(column.bytes)
        }
        writer.numbers(records)
        writer.numbers(lines)
        writer.numbers(hashes)
        for column in references { writer.numbers(column) }
        writer.numbers(keyEnds)
        writer.append(keys)
        writer.number(UInt32(prints.count))
        writer.numbers(prints)
        return writer.bytes
    }
}

/// What a `KeyCollector` wrote.
struct StagedKeys {
    /// Distinct texts of a reference column, one after the other.
    struct Texts {
        let bytes: ArraySlice<UInt8>
        let ends: [UInt32]

        /// A text's bytes.
        subscript(_ number: Int) -> ArraySlice<UInt8> {
            bytes.dropFirst(number == 0 ? 0 : Int(ends[number - 1])).prefix(
                Int(ends[number]) - (number == 0 ? 0 : Int(ends[number - 1])))
        }
    }

    /// Refused records without a key that could be read; counted, as `refusedKeys`, only where missing rows go.
    let keyless: Int
    /// Distinct keys of refused records.
    let refusedKeys: Texts
    let read: Int
    let refused: Int
    let warnings: Int
    /// Indexes among the file's data records.
    let records: [UInt32]
    /// Physical lines, 1-based.
    let lines: [UInt32]
    /// The hash of each key, its first half before its second.
    let hashes: [UInt64]
    /// By reference column, then by row: 0 for null, else one more than the position in `values`.
    let references: [[UInt32]]
    let values: [Texts]
    /// The keys, one after the other, and where each ends.
    let keys: ArraySlice<UInt8>
    let keyEnds: [UInt32]
    /// What names each row's record among known ones, 0 where there was something to say of it; empty where none is to be known.
    let prints: [UInt64]

    /// Reads the bytes of the object, which must be of a table with this many reference columns.
    init(_ bytes: [UInt8], referenceColumns: Int) throws(StagedDataError) {
        var reader = ByteReader(bytes)
        keyless = Int(try reader.number(UInt32.self))
        let refusedEnds = try reader.numbers(Int(try reader.number(UInt32.self)), UInt32.self)
        refusedKeys = Texts(bytes: try Self.blob(&reader, refusedEnds), ends: refusedEnds)
        read = Int(try reader.number(UInt32.self))
        refused = Int(try reader.number(UInt32.self))
        warnings = Int(try reader.number(UInt32.self))
        guard Int(try reader.number(UInt32.self)) == referenceColumns else { throw StagedDataError() }
        let count = Int(try reader.number(UInt32.self))
        var values: [Texts] = []
        for _ in 0..<referenceColumns {
            let ends = try reader.numbers(Int(try reader.number(UInt32.self)), UInt32.self)
            values.append(Texts(bytes: try Self.blob(&reader, ends), ends: ends))
        }
        records = try reader.numbers(count, UInt32.self)
        lines = try reader.numbers(count, UInt32.self)
        hashes = try reader.numbers(2 * count, UInt64.self)
        var references: [[UInt32]] = []
        for column in values {
            let codes = try reader.numbers(count, UInt32.self)
            guard codes.allSatisfy({ $0 <= column.ends.count }) else { throw StagedDataError() }
            references.append(codes)
        }
        keyEnds = try reader.numbers(count, UInt32.self)
        keys = try Self.blob(&reader, keyEnds)
        prints = try reader.numbers(Int(try reader.number(UInt32.self)), UInt64.self)
        guard prints.isEmpty || prints.count == count else { throw StagedDataError() }
        self.values = values
        self.references = references
        guard reader.isAtEnd else { throw StagedDataError() }
    }

    /// Texts that end where `ends` says, which must ascend.
    private static func blob(_ reader: inout ByteReader, _ ends: [UInt32]) throws(StagedDataError) -> ArraySlice<UInt8>
    {
        var last: UInt32 = 0
        for end in ends {
            guard end >= last else { throw StagedDataError() }
            last = end
        }
        return try reader.bytes(Int(last))
    }
}
