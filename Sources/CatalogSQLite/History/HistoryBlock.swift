import Domain

/// Rows of the history, many in one: keys that stand in order, and what rows with the same columns were, begin alike, and of each only
/// what is other than in the row before is kept (front coding).
///
/// Of each row: how many of its key's first bytes are those of the row before, how many follow, and these; then 0 where the row was not
/// there, or one more than how many of the first bytes of what it was are those that were kept last, how many follow, and these. All
/// numbers as `Varint` has them.
struct HistoryBlock {
    /// A row of the history.
    struct Row: Equatable {
        let key: [UInt8]
        /// As JSON; nil where the change brought the row.
        let before: [UInt8]?
    }

    /// Rows of a block at most, and bytes after which no more are added: who wants one row has to read all before it.
    private static let mostRows = 256
    private static let fullBytes = 1 << 15

    private(set) var bytes: [UInt8] = []
    /// Rows of it.
    private(set) var count = 0
    private var key = FrontCodedText()
    private var before = FrontCodedText()

    /// Whether a block can have a row with this key: SQLite ends a text of JSON where it has a NUL.
    static func takes(_ key: UnsafeRawBufferPointer) -> Bool { !key.contains(0) }

    var isFull: Bool { count >= Self.mostRows || bytes.count >= Self.fullBytes }

    /// Adds a row.
    /// - Parameter before: as JSON; nil where the change brought the row.
    mutating func append(_ key: UnsafeRawBufferPointer, before: UnsafeRawBufferPointer?) {
        count += 1
        let sharedKey = self.key.become(key)
        append(sharedKey, key[sharedKey...])
        guard let before else { return append(0) }
        let sharedBefore = self.before.become(before)
        append(sharedBefore + 1, before[sharedBefore...])
    }

    /// Begins another block.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
        key.clear()
        before.clear()
    }

    private mutating func append(_ shared: Int, _ rest: Slice<UnsafeRawBufferPointer>) {
        append(shared)
        append(rest.count)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest))
    }

    private mutating func append(_ number: Int) {
        if number < 0x80 { return bytes.append(UInt8(number)) }
        var room: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &room) { room in
            let count = Varint.write(UInt64(number), to: room, at: 0)
            bytes.append(contentsOf: room[..<count])
        }
    }

    /// A block is not what was written.
    struct Damaged: Error {}

    /// The rows of a block.
    static func rows(_ block: UnsafeRawBufferPointer) throws(Damaged) -> [Row] {
        var reader = Reader(block: block)
        var rows: [Row] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    private struct Reader {
        // SAFETY: made and used up within `rows`; no row that it hands out refers to it.
        let block: UnsafeRawBufferPointer
        private var position = 0
        private var key = FrontCodedText()
        private var before = FrontCodedText()

        init(block: UnsafeRawBufferPointer) { self.block = block }

        mutating func next() throws(Damaged) -> Row? {
            guard position < block.count else { return nil }
            let sharedKey = try number()
            guard key.become(sharedKey, try rest()) else { throw Damaged() }
            let mark = try number()
            if mark == 0 { return Row(key: key.bytes, before: nil) }
            guard before.become(mark - 1, try rest()) else { throw Damaged() }
            return Row(key: key.bytes, before: before.bytes)
        }

        private mutating func rest() throws(Damaged) -> Slice<UnsafeRawBufferPointer> {
            let count = try number()
            guard count <= block.count - position else { throw Damaged() }
            defer { position += count }
            return block[position..<position + count]
        }

        private mutating func number() throws(Damaged) -> Int {
            guard let number = Varint.read(block, at: &position).flatMap(Int.init(exactly:)) else { throw Damaged() }
            return number
        }
    }
}

/// A text that each time becomes another, which often begins alike.
private struct FrontCodedText {
    private(set) var bytes: [UInt8] = []

    /// Becomes another text, and tells how many of the first bytes stay.
    mutating func become(_ text: UnsafeRawBufferPointer) -> Int {
        let shared = bytes.withUnsafeBytes { bytes in
            let most = min(bytes.count, text.count)
            var shared = 0
            while shared < most, bytes[shared] == text[shared] { shared += 1 }
            return shared
        }
        bytes.removeSubrange(shared...)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[shared...]))
        return shared
    }

    /// Keeps some of its first bytes, which others follow; false where it has fewer.
    mutating func become(_ shared: Int, _ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard shared <= bytes.count else { return false }
        bytes.removeSubrange(shared...)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest))
        return true
    }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }
}
