import Foundation
import Synchronization

/// Writes a file beside its place and renames it there when it is whole.
final class LocalObjectWriter: ObjectWriter {
    // SAFETY: each call holds the lock for its whole work, so the file is used by one thread at a time.
    private struct Open: @unchecked Sendable {
        var file: FileDescriptor?
    }

    private let open: Mutex<Open>
    private let temporary: String
    private let target: String
    private let folder: String

    init(target: String, folder: String) throws(ObjectStoreError) {
        self.target = target
        self.folder = folder
        temporary = target + ".part-" + UUID().uuidString
        open = Mutex(Open(file: try FileDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL)))
    }

    deinit { discardNow() }

    func append(_ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try self.appendNow(bytes) }
    }

    func commit() async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try self.commitNow() }
    }

    func discard() async { discardNow() }

    func appendNow(_ bytes: [UInt8]) throws(ObjectStoreError) {
        try open.withLock { open throws(ObjectStoreError) in try open.file?.write(bytes) }
    }

    func commitNow() throws(ObjectStoreError) {
        try open.withLock { open throws(ObjectStoreError) in
            guard let file = open.file else { return }
            try file.synchronize()
            guard rename(temporary, target) == 0 else { throw ObjectStoreError(errno: errno, target) }
            open.file = nil
            try FileDescriptor(folder, O_RDONLY | O_DIRECTORY).synchronize()
        }
    }

    func discardNow() {
        open.withLock { open in
            guard open.file != nil else { return }
            open.file = nil
            unlink(temporary)
        }
    }
}
