import Tabular

/// Reads archives that are in memory.
enum ArchiveBytes {
    static let limits = ZipLimits(maximumBytes: 1 << 24)

    static func directory(_ archive: [UInt8], limits: ZipLimits = limits) throws(TabularError) -> ZipDirectory {
        var directory = try ZipDirectory(archiveBytes: archive.count, limits: limits)
        while let range = directory.wanted { try directory.take(part(archive, range)) }
        return directory
    }

    static func unpack(_ member: ZipMember, of archive: [UInt8]) throws(TabularError) -> [UInt8] {
        var output: [UInt8] = []
        var reader = try ZipMemberReader(member)
        while let range = reader.wanted { try reader.take(part(archive, range)) { output.append(contentsOf: $0) } }
        try reader.finish()
        return output
    }

    static func csv(
        _ archive: [UInt8], sheet: String? = nil, limits: XlsxLimits = XlsxLimits(maximumBytes: 1 << 24)
    ) throws(TabularError) -> String {
        var output: [UInt8] = []
        var reader = try XlsxReader(archiveBytes: archive.count, sheet: sheet, limits: limits)
        while let range = reader.wanted { try reader.take(part(archive, range)) { output.append(contentsOf: $0) } }
        return String(decoding: output, as: UTF8.self)
    }

    private static func part(_ archive: [UInt8], _ range: Range<Int>) -> [UInt8] {
        Array(archive[range.clamped(to: 0..<archive.count)])
    }
}
