import Foundation

/// Appends blocks to a file on a thread of its own, so that who makes them need not wait while the system takes them.
// SAFETY: every access to the mutable state holds `condition`.
final class BlockWriting: @unchecked Sendable {
    /// Blocks that wait to be written at most.
    private static let capacity = 4

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "srto.merge.file")
    private let condition = NSCondition()
    /// Blocks that are not written yet, oldest first.
    private var waiting: [[UInt8]] = []
    /// Blocks that were written, for their memory.
    private var spare: [[UInt8]] = []
    /// What the system said the first time that it failed.
    private var failure: Int32?

    /// - Parameter descriptor: must stay open until `wait` returned.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Waits for room, then hands over a block.
    /// - Returns: an empty block to be filled next.
    /// - Throws: `DatabaseError` when an earlier one could not be written.
    func append(_ block: [UInt8]) throws -> [UInt8] {
        let next = condition.withLock {
            while waiting.count == Self.capacity { condition.wait() }
            waiting.append(block)
            return spare.popLast()
        }
        queue.async { [self] in writeNext() }
        try demandNoFailure()
        if var next {
            next.removeAll(keepingCapacity: true)
            return next
        }
        var first: [UInt8] = []
        first.reserveCapacity(block.count)
        return first
    }

    /// Waits until all is written that was handed over.
    func wait() { queue.sync {} }

    /// Waits likewise.
    /// - Throws: `DatabaseError` when something could not be written.
    func finish() throws {
        wait()
        try demandNoFailure()
    }

    private func demandNoFailure() throws {
        if let failure = condition.withLock({ failure }) { throw PageFile.notWritten(failure) }
    }

    private func writeNext() {
        // What follows a gap is of no use.
        let (block, isWanted) = condition.withLock { (waiting[0], failure == nil) }
        let outcome = isWanted ? block.withUnsafeBytes(append) : nil
        condition.withLock {
            failure = failure ?? outcome
            spare.append(waiting.removeFirst())
            condition.signal()
        }
    }

    /// - Returns: the error number with which it failed, if it did.
    private func append(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        var start = 0
        while start < bytes.count {
            let count = Foundation.write(descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? ENOSPC : errno }
            start += count
        }
        return nil
    }
}
