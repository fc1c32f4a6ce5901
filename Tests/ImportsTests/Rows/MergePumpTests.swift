import Catalog
import Testing

@testable import Imports

/// Rows on their way from the task that reads them to the thread that compares them.
@Suite struct MergePumpTests {
    @Test func `batches are taken in order, and a table's end after them`() async throws {
        let pump = MergePump()
        try await pump.give(PackedRows())
        try await pump.give(nil)
        #expect(try pump.take() != nil)
        #expect(try pump.take() == nil)
    }

    /// A cancelled merge used to compare what was read ahead, for seconds in a debug build. Seen red.
    @Test func `what was read ahead is not taken once there is no use in it`() async throws {
        let pump = MergePump()
        try await pump.give(PackedRows())
        pump.fail(CancellationError())
        #expect(throws: CancellationError.self) { _ = try pump.take() }
    }
}
