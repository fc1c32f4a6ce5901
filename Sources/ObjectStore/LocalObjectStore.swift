import Foundation
import NIOPosix

/// An object store in a local folder. Objects appear whole: written beside, synchronised, renamed.
package struct LocalObjectStore: ObjectStore {
    private let root: String

    /// - Parameter root: the folder; made when it is missing.
    package init(root: String) throws(ObjectStoreError) {
        self.root = root
        try Self.makeFolder(root)
    }

    package func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try replace(key, bytes, synchronized: true) }
    }

    package func putUnsynchronized(_ key: ObjectKey, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in try replace(key, bytes, synchronized: false) }
    }

    package func get(_ key: ObjectKey, limit: Int) async throws(ObjectStoreError) -> [UInt8] {
        try await blocking { () throws(ObjectStoreError) in
            let file = try FileDescriptor(object: path(key))
            let size = try file.size()
            guard size <= limit else {
                throw ObjectStoreError(.tooLarge, "object \(key) has \(size) bytes; at most \(limit) are read at once")
            }
            return try file.read(offset: 0, count: size)
        }
    }

    package func get(_ key: ObjectKey, offset: Int, count: Int) async throws(ObjectStoreError) -> [UInt8] {
        try await blocking { () throws(ObjectStoreError) in
            try FileDescriptor(object: path(key)).read(offset: offset, count: count)
        }
    }

    package func size(_ key: ObjectKey) async throws(ObjectStoreError) -> Int64? {
        try await blocking { () throws(ObjectStoreError) in
            do throws(ObjectStoreError) {
                return Int64(try FileDescriptor(object: path(key)).size())
            } catch {
                if error.code == .notFound { return nil }
                throw error
            }
        }
    }

    package func move(_ key: ObjectKey, to target: ObjectKey) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            try Self.makeFolder(folder(of: target))
            if rename(path(key), path(target)) != 0 {
                let code = errno
                if code == ENOENT, access(path(target), F_OK) == 0 { return }
                throw ObjectStoreError(errno: code, path(key))
            }
            try synchronizeFolder(of: target)
        }
    }

    package func delete(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            guard unlink(path(key)) != 0 else { return }
            let code = errno
            // A folder on the way that is a file, or at the end of it, means that there is no such object.
            if code != ENOENT, code != ENOTDIR, code != EISDIR { throw ObjectStoreError(errno: code, path(key)) }
        }
    }

    package func deleteAll(below key: ObjectKey) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            do {
                try FileManager.default.removeItem(atPath: path(key))
            } catch CocoaError.fileNoSuchFile {
                return
            } catch {
                throw ObjectStoreError(
                    .unavailable, "the folder \(path(key)) cannot be removed: \(error.localizedDescription)")
            }
        }
    }

    package func writer(_ key: ObjectKey) async throws(ObjectStoreError) -> any ObjectWriter {
        try await blocking { () throws(ObjectStoreError) in try newWriter(key) }
    }

    package func update(
        _ key: ObjectKey, to bytes: [UInt8], if accept: @Sendable @escaping ([UInt8]?) -> Bool
    ) async throws(ObjectStoreError) -> Bool {
        try await blocking { () throws(ObjectStoreError) in
            try Self.makeFolder(folder(of: key))
            let lock = try FileDescriptor(lockPath(key), O_RDWR | O_CREAT)
            try lock.lock()
            return try withExtendedLifetime(lock) { () throws(ObjectStoreError) in
                var present: [UInt8]?
                do throws(ObjectStoreError) {
                    let file = try FileDescriptor(object: path(key))
                    present = try file.read(offset: 0, count: try file.size())
                } catch {
                    if error.code != .notFound { throw error }
                }
                guard accept(present) else { return false }
                try replace(key, bytes, synchronized: true)
                return true
            }
        }
    }

    package func check() async throws(ObjectStoreError) {
        let probe = ObjectKey("probe-\(UUID().uuidString)")
        try await put(probe, [1])
        try await delete(probe)
    }

    private func replace(_ key: ObjectKey, _ bytes: [UInt8], synchronized: Bool) throws(ObjectStoreError) {
        let writer = try newWriter(key)
        do throws(ObjectStoreError) {
            try writer.appendNow(bytes)
            try writer.commitNow(synchronized: synchronized)
        } catch {
            writer.discardNow()
            throw error
        }
    }

    private func newWriter(_ key: ObjectKey) throws(ObjectStoreError) -> LocalObjectWriter {
        try Self.makeFolder(folder(of: key))
        return try LocalObjectWriter(target: path(key), folder: folder(of: key))
    }

    func synchronizeFolder(of key: ObjectKey) throws(ObjectStoreError) {
        try FileDescriptor(folder(of: key), O_RDONLY | O_DIRECTORY).synchronize()
    }

    func path(_ key: ObjectKey) -> String { root + "/" + key.description }

    /// No object's name begins with a dot, so a lock is never taken for one.
    private func lockPath(_ key: ObjectKey) -> String {
        "\(folder(of: key))/.\(key.components.last ?? "").lock"
    }

    func folder(of key: ObjectKey) -> String {
        ([root] + key.components.dropLast()).joined(separator: "/")
    }

    static func makeFolder(_ path: String) throws(ObjectStoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ObjectStoreError(
                .unavailable, "the folder \(path) of the object store cannot be made: \(error.localizedDescription)")
        }
    }
}

/// Runs file work on NIO's threads for blocking calls, off the cooperative pool.
func blocking<Value: Sendable>(
    _ work: @Sendable @escaping () throws(ObjectStoreError) -> Value
) async throws(ObjectStoreError) -> Value {
    do {
        return try await NIOThreadPool.singleton.runIfActive(work)
    } catch let error as ObjectStoreError {
        throw error
    } catch {
        throw ObjectStoreError(.unavailable, "the object store is shutting down")
    }
}
