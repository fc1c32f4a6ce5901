import ObjectStore

/// Writes a register record by record: of each only its print is held, for the index.
struct KnownRecordsWriter {
    private static let pieceBytes = 1 << 20

    private let object: any ObjectWriter
    private var piece = ByteWriter()
    private var prints: [UInt64] = []

    /// - Parameter room: how many records there will be, more or less.
    init(_ object: any ObjectWriter, room: Int) {
        self.object = object
        prints.reserveCapacity(room)
    }

    /// Adds a record behind the others.
    mutating func add(_ entry: KnownRecords.Entry) async throws {
        piece.number(entry.print)
        piece.number(entry.keyHash)
        prints.append(entry.print)
        if piece.bytes.count >= Self.pieceBytes { try await flush() }
    }

    /// Writes the index and ends the object. Where there is nothing to find in it none appears.
    mutating func finish(base: Int64, session: String) async throws {
        let foot = KnownRecords.Foot(base: base, session: session, count: prints.count)
        guard !prints.isEmpty, prints.count <= KnownRecordsIndex.mostRecords, let foot = foot.encoded else {
            return await object.discard()
        }
        let index = KnownRecordsIndex(prints)
        for numbers in [index.starts, index.places] {
            for start in stride(from: 0, to: numbers.count, by: Self.pieceBytes / 4) {
                piece.numbers(Array(numbers[start..<min(numbers.count, start + Self.pieceBytes / 4)]))
                try await flush()
            }
        }
        piece.append(foot)
        try await flush()
        try await object.commit()
    }

    /// Leaves what is there.
    func discard() async { await object.discard() }

    private mutating func flush() async throws {
        try await object.append(piece.bytes)
        piece = ByteWriter()
    }
}
