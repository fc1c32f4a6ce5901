import Dispatch
import Foundation
import Synchronization

/// Has what is written to a file come to the disk beside the writing, so that who then waits until all of it is there waits for little.
///
/// `fdatasync` on a thread of its own, as Swift does not see `sync_file_range`.
final class DiskWriting: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "srto.merge.disk")
    private let state = Mutex(State())

    private struct State {
        var isBusy = false
        /// What the system said the first time that it failed: nobody else is told it again.
        var failure: Int32?
    }

    /// - Parameter descriptor: must stay open until `wait` returned.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Begins, unless it is at it.
    func begin() {
        let begins = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard begins else { return }
        queue.async { [self] in
            let failure = fdatasync(descriptor) == 0 ? nil : errno
            state.withLock { state in
                state.isBusy = false
                state.failure = state.failure ?? failure
            }
        }
    }

    /// Waits until it is at nothing.
    /// - Returns: the error number with which it failed, if it did.
    func wait() -> Int32? {
        queue.sync {}
        return state.withLock { $0.failure }
    }
}
