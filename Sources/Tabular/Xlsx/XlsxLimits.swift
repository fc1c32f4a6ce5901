/// What a workbook may hold before it is refused.
public struct XlsxLimits: Hashable, Sendable {
    /// Columns of a sheet: what Excel itself allows.
    public static let maximumColumns = 16_384

    /// What the archive may hold, all sheets and pictures included.
    public var archive: ZipLimits
    /// How much of the texts that cells refer to may be held in memory, in bytes.
    public var maximumSharedStringBytes: Int
    /// How long the CSV may become, in bytes: a text is stored once however many cells show it.
    public var maximumCSVBytes: Int

    /// 128 MiB of texts, and as much CSV as the archive may unpack to, unless said otherwise.
    public init(maximumBytes: Int, maximumSharedStringBytes: Int = 128 << 20) {
        archive = ZipLimits(maximumBytes: maximumBytes)
        self.maximumSharedStringBytes = maximumSharedStringBytes
        maximumCSVBytes = maximumBytes
    }
}
