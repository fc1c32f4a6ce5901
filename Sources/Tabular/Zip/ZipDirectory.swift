/// Finds a zip archive's members by its directory, which stands at its end.
///
/// It does no I/O: hand it the bytes of `wanted` until there is no more.
///
/// ```swift
/// var directory = try ZipDirectory(archiveBytes: size, limits: limits)
/// while let range = directory.wanted { try directory.take(read(range)) }
/// ```
///
/// Refused are archives of several parts, members that lie over one another (the trick of the densest bombs) or over the
/// directory, and more than the limits allow.
public struct ZipDirectory: Sendable {
    /// The archive's bytes to hand over next; nil when all is known.
    public private(set) var wanted: Range<Int>?
    /// What the archive holds, in the order of its directory; empty until `wanted` is nil.
    public private(set) var members: [ZipMember] = []

    private enum Stage {
        case end, end64, list
    }

    private let archiveBytes: Int
    private let limits: ZipLimits
    private var stage = Stage.end
    private var memberCount = 0

    /// - Throws: `zipCorrupt` when the archive is too short to be one.
    public init(archiveBytes: Int, limits: ZipLimits) throws(TabularError) {
        self.archiveBytes = archiveBytes
        self.limits = limits
        guard archiveBytes >= ZipRecord.endBytes else { throw Self.corrupt("it is too short") }
        let tail = ZipRecord.endBytes + ZipRecord.longestComment + ZipRecord.locatorBytes
        wanted = max(0, archiveBytes - tail)..<archiveBytes
    }

    /// Whether the bytes begin as a zip archive does, an empty one included.
    public static func isZip(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    /// The member of that name; the last where several have it, as unpackers have it.
    public func member(_ name: String) -> ZipMember? { members.last { $0.name == name } }

    /// Members that a person put there, folders left out.
    public var files: [ZipMember] { members.filter { !$0.isFolder && !$0.isSystemFile } }

    /// Whether the members are those of an Excel workbook.
    public var isWorkbook: Bool {
        member("[Content_Types].xml") != nil && members.contains { $0.name.hasPrefix("xl/") }
    }

    /// Takes the bytes of `wanted`.
    ///
    /// - Throws: `zipCorrupt`, `zipTooLarge`, `zipUnsupported`.
    public mutating func take(_ bytes: [UInt8]) throws(TabularError) {
        guard let range = wanted else { return }
        guard bytes.count == range.count else { throw Self.corrupt("it ends early") }
        wanted = nil
        switch stage {
        case .end: try takeEnd(bytes, at: range.lowerBound)
        case .end64: try takeEnd64(bytes, at: range.lowerBound)
        case .list: try takeList(bytes, at: range.lowerBound)
        }
    }

    private mutating func takeEnd(_ tail: [UInt8], at tailOffset: Int) throws(TabularError) {
        var offset = tail.count - ZipRecord.endBytes
        while offset >= 0 {
            if let record = ZipRecord(tail, at: offset, count: ZipRecord.endBytes), record.u32(0) == ZipRecord.end,
                Int(record.u16(20)) <= tail.count - offset - ZipRecord.endBytes
            {
                if let locator = ZipRecord(tail, at: offset - ZipRecord.locatorBytes, count: ZipRecord.locatorBytes),
                    locator.u32(0) == ZipRecord.locator
                {
                    return try want64(locator, before: tailOffset + offset)
                }
                guard record.u16(4) == 0, record.u16(6) == 0, record.u16(8) == record.u16(10) else { throw Self.parted }
                return try wantList(
                    count: Int(record.u16(10)), bytes: Int(record.u32(12)), at: Int(record.u32(16)),
                    before: tailOffset + offset)
            }
            offset -= 1
        }
        throw Self.corrupt("its directory is missing")
    }

    private mutating func want64(_ locator: ZipRecord, before end: Int) throws(TabularError) {
        guard locator.u32(4) == 0, locator.u32(16) <= 1 else { throw Self.parted }
        guard let offset = locator.size64(8), offset <= end - ZipRecord.end64Bytes else {
            throw Self.corrupt("its directory is not where it says")
        }
        stage = .end64
        wanted = offset..<(offset + ZipRecord.end64Bytes)
    }

    private mutating func takeEnd64(_ bytes: [UInt8], at offset: Int) throws(TabularError) {
        guard let record = ZipRecord(bytes, at: 0, count: ZipRecord.end64Bytes), record.u32(0) == ZipRecord.end64,
            let count = record.size64(32), let size = record.size64(40), let start = record.size64(48)
        else { throw Self.corrupt("its directory is not where it says") }
        guard record.u32(16) == 0, record.u32(20) == 0, record.size64(24) == count else { throw Self.parted }
        try wantList(count: count, bytes: size, at: start, before: offset)
    }

    private mutating func wantList(count: Int, bytes: Int, at offset: Int, before end: Int) throws(TabularError) {
        guard count <= limits.maximumMembers, bytes <= limits.maximumDirectoryBytes else {
            throw TabularError(
                .zipTooLarge, "the zip archive has \(count) members; \(limits.maximumMembers) may be sent at a time")
        }
        guard offset <= end, bytes <= end - offset, count * ZipRecord.directoryHeaderBytes <= bytes else {
            throw Self.corrupt("its directory is not where it says")
        }
        stage = .list
        memberCount = count
        wanted = bytes == 0 ? nil : offset..<(offset + bytes)
    }

    private mutating func takeList(_ bytes: [UInt8], at offset: Int) throws(TabularError) {
        var position = 0
        var found: [ZipMember] = []
        for _ in 0..<memberCount {
            let (member, length) = try ZipDirectoryEntry.read(bytes, at: position)
            position += length
            found.append(member)
        }
        try check(found, directoryOffset: offset)
        members = found
    }

    private func check(_ found: [ZipMember], directoryOffset: Int) throws(TabularError) {
        var total = 0
        var end = 0
        for member in found.sorted(by: { $0.headerOffset < $1.headerOffset }) {
            guard member.headerOffset >= end, member.extent.upperBound <= directoryOffset else {
                throw Self.corrupt("its members lie over one another")
            }
            end = member.extent.upperBound
            let (sum, overflows) = total.addingReportingOverflow(member.byteCount)
            guard !overflows, sum <= limits.maximumBytes else {
                throw TabularError(
                    .zipTooLarge, "the zip archive unpacks to more than \(limits.maximumBytes) bytes; split it")
            }
            total = sum
        }
    }

    static func corrupt(_ why: String) -> TabularError {
        TabularError(.zipCorrupt, "the zip archive is damaged (\(why)): send it again")
    }

    private static let parted = TabularError(
        .zipUnsupported, "the zip archive is one part of several; pack the files into one archive and send that")
}
