import Tabular

/// Writes zip archives for tests, true ones and lying ones.
package struct ZipBuilder {
    /// A member, and what its headers say of it where that is not the truth.
    package struct Member {
        package var name: [UInt8]
        package var bytes: [UInt8]
        package var isDeflated = true
        package var isZip64 = false
        package var flags: UInt16 = 0
        package var method: UInt16?
        package var statedSize: Int?
        package var statedOffset: Int?
        package var statedChecksum: UInt32?
        package var localName: [UInt8]?

        package init(name: [UInt8], bytes: [UInt8], isDeflated: Bool = true) {
            self.name = name
            self.bytes = bytes
            self.isDeflated = isDeflated
        }
    }

    package var members: [Member] = []
    package var comment: [UInt8] = []
    /// What stands before the first member.
    package var prefix: [UInt8] = []
    package var statesDisk: UInt16 = 0

    package init(_ files: [(String, String)] = [], isDeflated: Bool = true) {
        members = files.map { Member(name: Array($0.0.utf8), bytes: Array($0.1.utf8), isDeflated: isDeflated) }
    }

    package func archive() throws -> [UInt8] {
        var archive = prefix
        var directory: [UInt8] = []
        for member in members {
            let (data, checksum) = try Self.packed(member)
            let offset = member.statedOffset ?? archive.count
            let size = member.statedSize ?? member.bytes.count
            let method = member.method ?? (member.isDeflated ? 8 : 0)
            let shown = { (value: Int) in member.isZip64 ? Int(UInt32.max) : value }
            let extra =
                member.isZip64
                ? Self.number(1, 2) + Self.number(24, 2)
                    + [size, data.count, offset]
                    .flatMap { Self.number($0, 8) } : []
            let common =
                Self.number(Int(member.flags), 2) + Self.number(Int(method), 2) + Self.number(0, 4)
                + Self.number(Int(member.statedChecksum ?? checksum), 4) + Self.number(shown(data.count), 4)
                + Self.number(shown(size), 4) + Self.number(member.name.count, 2)
            archive +=
                Array("PK".utf8) + [3, 4, 45, 0] + common + Self.number(0, 2) + (member.localName ?? member.name) + data
            directory +=
                Array("PK".utf8) + [1, 2, 45, 0, 45, 0] + common + Self.number(extra.count, 2)
                + Self.number(0, 10) + Self.number(shown(offset), 4) + member.name + extra
        }
        return archive + directory
            + Self.end(
                count: members.count, directory: directory.count, at: archive.count, disk: statesDisk, comment: comment,
                isZip64: members.contains(where: \.isZip64))
    }

    private static func end(
        count: Int, directory: Int, at offset: Int, disk: UInt16, comment: [UInt8], isZip64: Bool
    ) -> [UInt8] {
        var end: [UInt8] = []
        if isZip64 {
            end += Array("PK".utf8) + [6, 6] + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
            end += [count, count, directory, offset].flatMap { number($0, 8) }
            end += Array("PK".utf8) + [6, 7] + number(0, 4) + number(offset + directory, 8) + number(1, 4)
        }
        let most = isZip64 ? 0xFFFF : count
        end += Array("PK".utf8) + [5, 6] + number(Int(disk), 2) + number(0, 2) + number(most, 2) + number(most, 2)
        end += number(isZip64 ? Int(UInt32.max) : directory, 4) + number(isZip64 ? Int(UInt32.max) : offset, 4)
        return end + number(comment.count, 2) + comment
    }

    /// gzip's header and trailer stand around what zip wants: bare deflate data and a checksum.
    private static func packed(_ member: Member) throws -> (data: [UInt8], checksum: UInt32) {
        let gzip = try Gzip.compress(member.bytes)
        let checksum = gzip.suffix(8).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (member.isDeflated ? Array(gzip.dropFirst(10).dropLast(8)) : member.bytes, checksum)
    }

    private static func number(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
