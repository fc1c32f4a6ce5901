/// The fixed parts of the zip format (PKWARE's APPNOTE 6.3.10), and reading little-endian numbers out of bytes.
struct ZipRecord {
    static let localHeaderBytes = 30
    static let directoryHeaderBytes = 46
    static let endBytes = 22
    static let locatorBytes = 20
    static let end64Bytes = 56
    static let longestComment = 0xFFFF

    static let localHeader: UInt32 = 0x0403_4B50
    static let directoryHeader: UInt32 = 0x0201_4B50
    static let end: UInt32 = 0x0605_4B50
    static let end64: UInt32 = 0x0606_4B50
    static let locator: UInt32 = 0x0706_4B50

    private let bytes: ArraySlice<UInt8>

    /// A view of the bytes from `offset` on; nil when there are fewer than `count`.
    init?(_ bytes: [UInt8], at offset: Int, count: Int) {
        guard offset >= 0, count <= bytes.count - offset else { return nil }
        self.bytes = bytes[offset..<(offset + count)]
    }

    func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(offset, 2)) }
    func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: number(offset, 4)) }
    /// Nil for what no file is as large as.
    func size64(_ offset: Int) -> Int? { Int(exactly: number(offset, 8)) }

    private func number(_ offset: Int, _ length: Int) -> UInt64 {
        (0..<length).reversed().reduce(0) { $0 << 8 | UInt64(bytes[bytes.startIndex + offset + $1]) }
    }
}
