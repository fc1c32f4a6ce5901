import Foundation
import GRDB

/// Files that merges leave beside the catalog.
struct FilesBeside {
    /// Of the catalog.
    let path: String
    /// Seconds after which a file that nobody wants was left by a killed process.
    private static let abandonedAfter = 3600.0

    /// Removes those that killed processes left.
    /// - Parameters:
    ///   - now: by which they are old enough.
    ///   - isUnwanted: told what a file's name has behind the catalog's.
    func removeAbandoned(at now: Date = .now, where isUnwanted: (_ ending: String) -> Bool) {
        let catalog = URL(filePath: path)
        // A folder that cannot be listed, or a file without a date, only keeps what it has.
        let files = try? FileManager.default.contentsOfDirectory(
            at: catalog.deletingLastPathComponent(), includingPropertiesForKeys: [.contentModificationDateKey])
        for file in files ?? [] where file.lastPathComponent.hasPrefix(catalog.lastPathComponent) {
            guard isUnwanted(String(file.lastPathComponent.dropFirst(catalog.lastPathComponent.count))),
                let written = try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate,
                now.timeIntervalSince(written) > Self.abandonedAfter
            else { continue }
            try? FileManager.default.removeItem(at: file)
        }
    }
}

extension DatabaseError {
    /// The last system call's failure, as SQLite would tell it.
    /// - Parameter what: could not be done to what.
    static func ofSystemCall(_ what: @autoclosure () -> String) -> DatabaseError {
        // Before the words are made.
        let code = errno
        return DatabaseError(
            resultCode: code == ENOSPC || code == EDQUOT ? .SQLITE_FULL : .SQLITE_IOERR,
            message: "\(what()): \(String(cString: strerror(code)))")
    }
}
