import Catalog
import Domain

/// Merges the sorted runs of many chunks into one order: a binary heap, the smallest key on top.
struct StagedRuns {
    private static let batchBytes = 1 << 20

    private var heap: [StagedRun]
    /// Staged rows so far; fewer are handed out where rows are added up.
    private(set) var taken: Int64 = 0
    private let sums: RowSums?

    /// - Parameter sums: which cells of rows with one key are added up; nil when each key comes once.
    /// - Throws: `StagedDataError`, `ObjectStoreError`, `CancellationError`.
    init(_ runs: [StagedRun], sums: RowSums? = nil) async throws {
        self.sums = sums
        heap = []
        for run in runs where try await run.advance() { heap.append(run) }
        for position in (0..<heap.count / 2).reversed() { sink(position) }
    }

    /// The next rows in the order of their keys; nil when there are none left.
    /// - Throws: `StagedDataError`, `ObjectStoreError`, `CancellationError`.
    mutating func next() async throws -> PackedRows? {
        guard !heap.isEmpty else { return nil }
        var batch = PackedRows()
        while !heap.isEmpty, batch.bytes.count < Self.batchBytes {
            if let sums {
                var sum = try RowSums.Sum(sums, heap[0])
                try await leaveRow()
                while let run = heap.first, sum.has(keyOf: run) {
                    try sum.add(run)
                    try await leaveRow()
                }
                try sum.append(to: &batch)
                continue
            }
            try await takeRows(into: &batch)
        }
        return batch
    }

    /// Takes rows of the smallest run for as long as its rows come before all others: in files that are nearly in order these
    /// are many.
    private mutating func takeRows(into batch: inout PackedRows) async throws {
        let run = heap[0]
        let rival = rivalOfFirst
        var goesOn = true
        while goesOn {
            run.withRow { batch.append($0, source: run.source) }
            taken += 1
            let isInWindow = try run.advanceInWindow()
            if !isInWindow, try await !run.advance() { return removeFirst() }
            goesOn = batch.bytes.count < Self.batchBytes && (rival.map(run.precedes) ?? true)
        }
        sink(0)
    }

    /// The run that comes next after the smallest one.
    private var rivalOfFirst: StagedRun? {
        switch heap.count {
        case 0, 1: nil
        case 2: heap[1]
        default: heap[2].precedes(heap[1]) ? heap[2] : heap[1]
        }
    }

    /// Goes on from the smallest row.
    private mutating func leaveRow() async throws {
        taken += 1
        let isInWindow = try heap[0].advanceInWindow()
        if !isInWindow, try await !heap[0].advance() { return removeFirst() }
        sink(0)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink(0)
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
