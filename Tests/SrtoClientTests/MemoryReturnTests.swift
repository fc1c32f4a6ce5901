import Testing

@testable import srto

/// What the server tells itself of its memory.
struct MemoryReturnTests {
    /// Seen red with virtual pages read for resident ones.
    @Test func `memory counts once it is written to`() throws {
        let bytes = 256 << 20
        let before = try #require(MemoryReturn.residentBytes())
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
        defer { memory.deallocate() }
        let reserved = try #require(MemoryReturn.residentBytes())
        #expect(reserved - before < bytes / 2)
        memory.initializeMemory(as: UInt8.self, repeating: 1, count: bytes)
        let written = try #require(MemoryReturn.residentBytes())
        #expect(written - before > bytes / 2)
    }
}
