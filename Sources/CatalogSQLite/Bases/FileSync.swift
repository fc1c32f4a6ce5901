import Foundation
import GRDB

/// Has a file or a folder be on the disk, so that it survives a power cut.
enum FileSync {
    /// - Throws: `DatabaseError` when it cannot be opened or written.
    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseError.ofSystemCall("\(path) cannot be written to the disk") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DatabaseError.ofSystemCall("\(path) cannot be written to the disk") }
    }
}
