import Foundation
import Synchronization

/// Writes a file beside its place and renames it there when it is whole.
final class LocalObjectWriter: ObjectWriter {
    // SAFETY: each call holds the lock for its whole work, so the file is used by one thread at a time.
    private struct Open: @unchecked Sendable {
        /// Nil once the writer has committed or discarded.
        var file: FileDescriptor?
        var isCommitted = false
    }

    /// What the names of unfinished files begin with.
    static let partPrefix = ".part-"

    private let open: Mutex<Open>
    private let temporary: String
    private let target: String
    private let folder: String

    init(target: String, folder: String) throws(ObjectStoreError) {
        self.target = target
        self.folder = folder
        // No object's name begins with a dot: whatever a crash leaves here is never taken for one.
        temporary = folder + "/" + Self.partPrefix + UUID().uuidString
        open = Mutex(Open(file: try FileDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL)))
    }

    deinit { discardNow() }

    func append(_ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try self.appendNow(bytes) }
    }

    func commit() async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try self.commitNow(synchronized: true) }
    }

    func discard() async { discardNow() }

    func appendNow(_ bytes: [UInt8]) throws(ObjectStoreError) {
        try open.withLock { open throws(ObjectStoreError) in
            guard let file = open.file else { throw closed() }
            try file.write(bytes)
        }
    }

    /// - Parameter synchronized: whether the object is to survive a power cut.
    func commitNow(synchronized: Bool) throws(ObjectStoreError) {
        try open.withLock { open throws(ObjectStoreError) in
            guard let file = open.file else {
                if open.isCommitted { return }
                throw closed()
            }
            if synchronized { try file.synchronize() }
            guard rename(temporary, target) == 0 else { throw ObjectStoreError(errno: errno, target) }
            open.file = nil
            open.isCommitted = true
            if synchronized { try FileDescriptor(folder, O_RDONLY | O_DIRECTORY).synchronize() }
        }
    }

    private func closed() -> ObjectStoreError {
        ObjectStoreError(.unavailable, "the writer of \(target) was closed before: begin the object again")
    }

    func discardNow() {
        open.withLock { open in
            guard open.file != nil else { return }
            open.file = nil
            unlink(temporary)
        }
    }
}
