import Domain
import Tabular

/// Which rows of the catalog have texts that the session brings in a column where each stands once.
struct UniqueTexts {
    /// Whose row one of the catalog is.
    enum Owner {
        /// The session's row of the same key.
        case row(UInt32)
        /// Nobody's of the session; its key, by number.
        case absent(UInt32)
    }

    private static let enough = 2

    let unique: References.Unique
    /// By row of the session, the text that the catalog has for its key: one more than its number, 0 for none that the session brings.
    private(set) var former: [UInt32]
    /// Texts that rows of the catalog will have once the session is merged, and not by a row of the session that has been held
    /// against the others: by one more than the text's number. Two of a text's are enough, as whichever row has it next is none of one.
    private(set) var keepers: [UInt32: [Owner]] = [:]
    private var keys = ByteTable()
    /// Rows of the session one after the other that have the same text: the first by text, the next by row, each one more.
    private var first: [UInt32] = []
    private var next: [UInt32] = []

    init(_ unique: References.Unique, rows: Int) {
        self.unique = unique
        former = [UInt32](repeating: 0, count: rows)
    }

    /// Adds a row of the catalog that the session has as well.
    mutating func add(_ row: Int, had code: UInt32) { former[row] = code }

    /// Adds one that it has not, and that stays.
    mutating func add(absent key: UnsafeRawBufferPointer, has code: UInt32) {
        // Keys come once each, so that the next number is this one's.
        if keep(code, .absent(UInt32(keys.count))) { _ = keys.insert(key) }
    }

    /// Notes that a row of the catalog keeps its text. False when that makes no difference to any other.
    @discardableResult
    mutating func keep(_ code: UInt32, _ owner: Owner) -> Bool {
        guard keepers[code, default: []].count < Self.enough else { return false }
        keepers[code, default: []].append(owner)
        return true
    }

    /// The key of a row that the session does not have.
    func key(_ number: Int) -> String { keys.text(number) }

    /// Strings rows with the same text together, unless they are.
    mutating func chain(_ codes: [UInt32], texts: Int) {
        guard first.isEmpty else { return }
        first = [UInt32](repeating: 0, count: texts + 1)
        next = [UInt32](repeating: 0, count: codes.count)
        for row in codes.indices.reversed() where codes[row] != 0 {
            next[row] = first[Int(codes[row])]
            first[Int(codes[row])] = UInt32(row + 1)
        }
    }

    /// The first row with a text; nil when there is none.
    func firstRow(with code: UInt32) -> Int? { first[Int(code)] == 0 ? nil : Int(first[Int(code)]) - 1 }

    /// The row after one that has the same text.
    func row(after row: Int) -> Int? { next[row] == 0 ? nil : Int(next[row]) - 1 }
}
