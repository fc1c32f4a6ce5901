/// The index of known records by their prints: where each bucket begins, and at last where the last one ends; then the places of
/// the records, in buckets by the first bits of their prints. 32 bits each.
struct KnownRecordsIndex {
    /// How many buckets there are, and which bits of a print tell its own.
    struct Shape {
        let buckets: Int
        private let shift: UInt64
        private let records: Int

        /// Some two to four records to a bucket.
        init(records: Int) {
            var bits: UInt64 = 1
            while 4 << bits < records { bits += 1 }
            buckets = 1 << bits
            shift = 64 - bits
            self.records = records
        }

        func bucket(of print: UInt64) -> Int { Int(print >> shift) }

        /// Bytes of the index.
        var bytes: Int { 4 * (buckets + 1 + records) }
    }

    /// Where a record stands among the others, and eight bits of its print, so that few have to be looked at.
    struct Place {
        let bits: UInt32

        init(bits: UInt32) { self.bits = bits }

        init(_ position: Int, of print: UInt64) { bits = Self.tag(print) << 24 | UInt32(position) }

        var position: Int { Int(bits & 0xFF_FFFF) }

        func mayBe(_ print: UInt64) -> Bool { bits >> 24 == Self.tag(print) }

        private static func tag(_ print: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: print & 0xFF) }
    }

    /// As many as places can tell apart.
    static let mostRecords = 1 << 24

    private(set) var starts: [UInt32]
    private(set) var places: [UInt32]

    /// - Parameter prints: of the records, in their order.
    init(_ prints: [UInt64]) {
        let shape = Shape(records: prints.count)
        starts = [UInt32](repeating: 0, count: shape.buckets + 1)
        for print in prints { starts[shape.bucket(of: print) + 1] += 1 }
        for bucket in 1...shape.buckets { starts[bucket] += starts[bucket - 1] }
        places = [UInt32](repeating: 0, count: prints.count)
        for (position, print) in prints.enumerated() {
            let bucket = shape.bucket(of: print)
            places[Int(starts[bucket])] = Place(position, of: print).bits
            starts[bucket] += 1
        }
        // Each start has moved on to its bucket's end, which is where the next one begins.
        starts.insert(0, at: 0)
        starts.removeLast()
    }
}
