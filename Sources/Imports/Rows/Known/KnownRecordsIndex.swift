/// The index of known records by their prints, as `KnownRecords` describes it.
struct KnownRecordsIndex {
    /// How many buckets there are, and which bits of a print tell its own.
    struct Shape {
        let buckets: Int
        let shift: UInt64

        /// Some two to four records to a bucket.
        init(records: Int) {
            var bits: UInt64 = 1
            while 4 << bits < records { bits += 1 }
            buckets = 1 << bits
            shift = 64 - bits
        }
    }

    private let shape: Shape
    private var starts: [UInt32]
    private var places: [UInt32]
    private var added = 0

    /// The first pass over the records tells how large each bucket is.
    init(records: Int, prints: (_ body: (UInt64) -> Void) -> Void) {
        shape = Shape(records: records)
        var starts = [UInt32](repeating: 0, count: shape.buckets + 1)
        let shift = shape.shift
        prints { starts[Int($0 >> shift) + 1] += 1 }
        for bucket in 1...shape.buckets { starts[bucket] += starts[bucket - 1] }
        self.starts = starts
        places = [UInt32](repeating: 0, count: records)
    }

    /// The second pass, in the same order.
    mutating func add(_ print: UInt64) {
        let bucket = Int(print >> shape.shift)
        places[Int(starts[bucket])] = UInt32(truncatingIfNeeded: print & 0xFF) << 24 | UInt32(added)
        // It ends where the next one begins, once all are in.
        starts[bucket] += 1
        added += 1
    }

    /// The bytes behind the records.
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.reserve(4 * (starts.count + places.count))
        writer.number(UInt32(0))
        writer.numbers(Array(starts.dropLast()))
        writer.numbers(places)
        return writer.bytes
    }
}
