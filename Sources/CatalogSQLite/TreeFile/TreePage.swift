/// One page of a tree while it fills (https://www.sqlite.org/fileformat2.html#b_tree_pages): a header, where each cell lies, room, and the
/// cells from the page's end down.
struct TreePage {
    /// What a page holds, with the number that says so.
    enum Kind: UInt8 {
        case indexInterior = 2
        case tableInterior = 5
        case indexLeaf = 10
        case tableLeaf = 13

        fileprivate var headBytes: Int {
            switch self {
            case .indexInterior, .tableInterior: 12
            case .indexLeaf, .tableLeaf: 8
            }
        }
    }

    /// Bytes that every cell takes at least.
    static let smallestCell = 4
    private static let pointerBytes = 2

    private let kind: Kind
    private var bytes: [UInt8]
    /// Where the next pointer goes, and where the last cell begins.
    private var pointersEnd: Int
    private var contentStart: Int

    /// - Parameter size: bytes, below 65,536.
    init(_ kind: Kind, size: Int) {
        self.kind = kind
        bytes = [UInt8](repeating: 0, count: size)
        pointersEnd = kind.headBytes
        contentStart = size
    }

    /// Adds a cell of `count` bytes, which `write` fills; false when there is no room.
    @inline(__always)
    mutating func append(_ count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) -> Bool {
        guard count + Self.pointerBytes <= contentStart - pointersEnd else { return false }
        contentStart -= count
        bytes.withUnsafeMutableBytes { page in
            write(UnsafeMutableRawBufferPointer(rebasing: page[contentStart..<contentStart + count]))
            page.storeBytes(of: UInt16(contentStart).bigEndian, toByteOffset: pointersEnd, as: UInt16.self)
        }
        pointersEnd += Self.pointerBytes
        return true
    }

    /// Takes the last cell out again. The page must have one.
    mutating func removeLast() -> [UInt8] {
        pointersEnd -= Self.pointerBytes
        // The cell before it begins where it ends.
        let end =
            pointersEnd == kind.headBytes
            ? bytes.count : Int(bytes[pointersEnd - 2]) << 8 | Int(bytes[pointersEnd - 1])
        defer { contentStart = end }
        return Array(bytes[contentStart..<end])
    }

    /// Hands over the whole page, then empties it.
    /// - Parameter rightChild: of an interior page, the page that follows its last cell.
    mutating func finish<Result>(
        rightChild: UInt32 = 0, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let head = kind.headBytes
        let count = UInt16((pointersEnd - head) / Self.pointerBytes)
        let start = UInt16(contentStart)
        defer {
            pointersEnd = head
            contentStart = bytes.count
        }
        return try bytes.withUnsafeMutableBytes { page in
            page[0] = kind.rawValue
            page.storeBytes(of: 0, toByteOffset: 1, as: UInt16.self)
            page.storeBytes(of: count.bigEndian, toByteOffset: 3, as: UInt16.self)
            page.storeBytes(of: start.bigEndian, toByteOffset: 5, as: UInt16.self)
            page[7] = 0
            if head == 12 { page.storeBytes(of: rightChild.bigEndian, toByteOffset: 8, as: UInt32.self) }
            return try body(UnsafeRawBufferPointer(page))
        }
    }
}
