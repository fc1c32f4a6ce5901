import Foundation
import GRDB

/// Has a file or a folder be on the disk, so that it survives a power cut.
enum FileSync {
    /// - Throws: `DatabaseError` when it cannot be opened or written.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    static func failure(_ path: String) -> DatabaseError {
        let code = errno
        return DatabaseError(
            resultCode: code == ENOSPC || code == EDQUOT ? .SQLITE_FULL : .SQLITE_IOERR,
            message: "\(path) cannot be written to the disk: \(String(cString: strerror(code)))")
    }
}
