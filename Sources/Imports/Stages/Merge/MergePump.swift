import Domain
import Foundation

/// Hands rows from the task that reads them to the thread that merges them inside a transaction, two chunks ahead.
///
/// The taker may block, as it runs on the catalog's own thread; the giver is suspended and never blocks.
// SAFETY: every access to the mutable state holds `condition`.
final class MergePump: @unchecked Sendable {
    /// The surviving rows of one chunk.
    struct Batch: Sendable {
        let chunk: ImportChunk
        let rows: [[FieldValue]]
    }

    /// The taker gave up: there is no use in reading on.
    struct Closed: Error {}

    private static let capacity = 2
    private let condition = NSCondition()
    private var batches: [Batch] = []
    private var waitingGiver: CheckedContinuation<Void, Never>?
    private var end: Result<Void, any Error>?
    private var isClosed = false

    /// Waits for room, then hands a batch over.
    func give(_ batch: Batch) async throws {
        await withCheckedContinuation { continuation in
            condition.withLock {
                if batches.count < Self.capacity || isClosed {
                    continuation.resume()
                } else {
                    waitingGiver = continuation
                }
            }
        }
        try condition.withLock {
            if isClosed { throw Closed() }
            batches.append(batch)
            condition.signal()
        }
    }

    /// Says that there is no more, or why there will not be.
    func finish(_ result: Result<Void, any Error>) {
        condition.withLock {
            end = end ?? result
            condition.signal()
        }
    }

    /// The next batch, nil at the end. Blocks the calling thread.
    func take() throws -> Batch? {
        try condition.withLock {
            while batches.isEmpty {
                if let end {
                    try end.get()
                    return nil
                }
                condition.wait()
            }
            let batch = batches.removeFirst()
            waitingGiver?.resume()
            waitingGiver = nil
            return batch
        }
    }

    /// The taker takes no more.
    func close() {
        condition.withLock {
            isClosed = true
            waitingGiver?.resume()
            waitingGiver = nil
        }
    }
}
