import Catalog
import Domain

/// Merges the sorted runs of many chunks into one order: a binary heap, the smallest key on top.
struct StagedRuns {
    private static let batchBytes = 1 << 20

    private var heap: [StagedRun]

    /// - Throws: `StagedDataError`, `ObjectStoreError`, `CancellationError`.
    init(_ runs: [StagedRun]) async throws {
        heap = []
        for var run in runs where try await run.advance() { heap.append(run) }
        for position in (0..<heap.count / 2).reversed() { sink(position) }
    }

    /// The next rows in the order of their keys; nil when there are none left.
    /// - Throws: `StagedDataError`, `ObjectStoreError`, `CancellationError`.
    mutating func next() async throws -> PackedRows? {
        guard !heap.isEmpty else { return nil }
        var batch = PackedRows()
        while !heap.isEmpty, batch.bytes.count < Self.batchBytes {
            heap[0].withRow { batch.append($0, source: heap[0].source) }
            let isInWindow = try heap[0].advanceInWindow()
            if !isInWindow, try await !heap[0].advance() {
                heap.swapAt(0, heap.count - 1)
                heap.removeLast()
            }
            sink(0)
        }
        return batch
    }

    private mutating func sink(_ start: Int) {
        var position = start
        while true {
            var smallest = position
            for child in [2 * position + 1, 2 * position + 2] where child < heap.count {
                if heap[child].precedes(heap[smallest]) { smallest = child }
            }
            if smallest == position { return }
            heap.swapAt(position, smallest)
            position = smallest
        }
    }
}
