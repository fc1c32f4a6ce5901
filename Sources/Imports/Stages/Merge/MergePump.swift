import Catalog
import Foundation

/// Hands rows from the task that reads them to the thread that compares them with the catalog, two batches ahead. nil
/// stands for the end of a table.
///
/// The taker may block, as it runs on a thread of the catalog's own; the giver is suspended and never blocks.
// SAFETY: every access to the mutable state holds `condition`.
final class MergePump: @unchecked Sendable {
    /// The taker gave up: there is no use in reading on.
    struct Closed: Error {}

    private static let capacity = 2
    private let condition = NSCondition()
    private var batches: [PackedRows?] = []
    private var waitingGiver: CheckedContinuation<Void, Never>?
    private var end: (any Error)?
    private var isClosed = false

    /// Waits for room, then hands a batch over.
    func give(_ batch: PackedRows?) async throws {
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

    /// Says why there will be no more.
    func fail(_ error: any Error) {
        condition.withLock {
            end = end ?? error
            condition.signal()
        }
    }

    /// The next rows, nil at the end of a table. Blocks the calling thread.
    func take() throws -> PackedRows? {
        try condition.withLock {
            while batches.isEmpty, end == nil { condition.wait() }
            // What waits to be taken is not worth the time any more.
            if let end { throw end }
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
