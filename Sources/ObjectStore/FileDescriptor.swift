import Foundation

/// An open file, closed when it goes.
final class FileDescriptor {
    private let number: Int32
    private let path: String

    init(_ path: String, _ flags: Int32) throws(ObjectStoreError) {
        self.path = path
        number = open(path, flags | O_CLOEXEC, 0o600)
        if number < 0 { throw ObjectStoreError(errno: errno, path) }
    }

    /// Opens an object for reading. What is no plain file (a folder, a link, a pipe) is no object.
    convenience init(object path: String) throws(ObjectStoreError) {
        try self.init(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard try status().st_mode & S_IFMT == S_IFREG else { throw ObjectStoreError(errno: ENOENT, path) }
    }

    deinit { close(number) }

    /// Bytes in the file.
    func size() throws(ObjectStoreError) -> Int { Int(try status().st_size) }

    /// When it was written last.
    func modified() throws(ObjectStoreError) -> Date {
        let time = try status().st_mtim
        return Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
    }

    private func status() throws(ObjectStoreError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw ObjectStoreError(errno: errno, path) }
        return status
    }

    /// Reads up to `count` bytes from `offset` on, none past the file's end.
    func read(offset: Int, count: Int) throws(ObjectStoreError) -> [UInt8] {
        var failure: Int32 = 0
        guard offset >= 0 else { throw ObjectStoreError(errno: EINVAL, path) }
        let count = max(0, min(count, try size() - offset))
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // SAFETY: pread writes at most `count - filled` bytes past the filled part of a buffer of `count`.
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[filled...]))
                let got = pread(number, rest.baseAddress, rest.count, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { return }
                filled += got
            }
        }
        if failure != 0 { throw ObjectStoreError(errno: failure, path) }
        return bytes
    }

    /// Writes all bytes at the end of what was written.
    func write(_ bytes: [UInt8]) throws(ObjectStoreError) {
        var failure: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var written = 0
            // SAFETY: write reads only the rest of `buffer`.
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Foundation.write(number, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0 {
                    failure = errno
                    return
                }
                written += count
            }
        }
        if failure != 0 { throw ObjectStoreError(errno: failure, path) }
    }

    /// Makes what was written survive a power cut.
    func synchronize() throws(ObjectStoreError) {
        guard fsync(number) == 0 else { throw ObjectStoreError(errno: errno, path) }
    }

    /// Waits until no other process holds the lock. Freed when the file closes.
    func lock() throws(ObjectStoreError) {
        while flock(number, LOCK_EX) != 0 {
            if errno != EINTR { throw ObjectStoreError(errno: errno, path) }
        }
    }
}

extension ObjectStoreError {
    /// Puts a system error in words.
    init(errno code: Int32, _ path: String) {
        let reason = String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR, ELOOP:
            self.init(.notFound, "there is no object \(path)")
        case ENOSPC, EDQUOT:
            self.init(.full, "the disk of the object store is full (\(path)): make room and try again")
        default:
            self.init(.unavailable, "the object store cannot use \(path): \(reason)")
        }
    }
}
