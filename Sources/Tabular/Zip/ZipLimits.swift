/// What an archive may hold before it is refused.
public struct ZipLimits: Hashable, Sendable {
    /// How many members.
    public var maximumMembers: Int
    /// How large the list of members may be, in bytes: it is held as a whole.
    public var maximumDirectoryBytes: Int
    /// How large all members may be together once unpacked, in bytes, by what the archive says of itself; a member that
    /// turns out larger than that is refused while it is read.
    public var maximumBytes: Int

    /// Ten thousand members and 8 MiB to list them, unless said otherwise.
    public init(maximumBytes: Int, maximumMembers: Int = 10_000, maximumDirectoryBytes: Int = 8 << 20) {
        self.maximumBytes = maximumBytes
        self.maximumMembers = maximumMembers
        self.maximumDirectoryBytes = maximumDirectoryBytes
    }
}
