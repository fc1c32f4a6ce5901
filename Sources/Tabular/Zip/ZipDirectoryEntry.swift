/// Reads one entry of a zip archive's directory.
enum ZipDirectoryEntry {
    private static let zip64Field: UInt16 = 0x0001
    private static let elsewhere: UInt32 = 0xFFFF_FFFF

    /// The member, and the bytes that its entry takes.
    static func read(_ bytes: [UInt8], at offset: Int) throws(TabularError) -> (ZipMember, length: Int) {
        guard let record = ZipRecord(bytes, at: offset, count: ZipRecord.directoryHeaderBytes),
            record.u32(0) == ZipRecord.directoryHeader
        else { throw ZipDirectory.corrupt("its directory is cut off") }
        let nameLength = Int(record.u16(28))
        let extraLength = Int(record.u16(30))
        let nameStart = offset + ZipRecord.directoryHeaderBytes
        let length = ZipRecord.directoryHeaderBytes + nameLength + extraLength + Int(record.u16(32))
        guard length <= bytes.count - offset else { throw ZipDirectory.corrupt("its directory is cut off") }
        let name = Array(bytes[nameStart..<(nameStart + nameLength)])
        let sizes = try sizes(
            [record.u32(24), record.u32(20), record.u32(42)], bytes,
            extra: (nameStart + nameLength)..<(nameStart + nameLength + extraLength))
        let member = ZipMember(
            name: ZipMember.text(of: name), byteCount: sizes[0], compressedByteCount: sizes[1], headerOffset: sizes[2],
            checksum: record.u32(16), method: record.u16(10), flags: record.u16(8), nameBytes: name)
        return (member, length)
    }

    /// Size, compressed size and offset; those that do not fit into 32 bits stand in the ZIP64 field, in this order.
    private static func sizes(
        _ short: [UInt32], _ bytes: [UInt8], extra: Range<Int>
    ) throws(TabularError) -> [Int] {
        guard short.contains(elsewhere) else { return short.map { Int($0) } }
        var position = extra.lowerBound
        while let field = ZipRecord(bytes, at: position, count: 4), position + 4 <= extra.upperBound {
            let end = position + 4 + Int(field.u16(2))
            guard end <= extra.upperBound else { break }
            if field.u16(0) == zip64Field {
                var sizes: [Int] = []
                position += 4
                for value in short {
                    if value != elsewhere {
                        sizes.append(Int(value))
                        continue
                    }
                    guard position + 8 <= end, let size = ZipRecord(bytes, at: position, count: 8)?.size64(0),
                        size < 1 << 50
                    else { throw ZipDirectory.corrupt("a size is missing") }
                    sizes.append(size)
                    position += 8
                }
                return sizes
            }
            position = end
        }
        throw ZipDirectory.corrupt("a size is missing")
    }
}
