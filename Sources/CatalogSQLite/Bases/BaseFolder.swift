import Catalog
import Domain
import Foundation
import GRDB

/// The files of bases beside a catalog.
struct BaseFolder: Sendable {
    /// The catalog's file.
    let catalog: String
    /// Rows from which a table that a merge replaces is kept as a base: below that, copying it into the catalog takes no time.
    let minimumRows: Int
    /// Seconds after which a file that no table has was left by a killed process.
    private static let abandonedAfter = 3600.0

    func path(_ file: BaseFile) -> String { "\(catalog)-\(file.schema)" }

    /// Keeps a merge's scratch, which is on the disk already, as a base.
    /// - Returns: nil on a file system on which a file has one name only: the table is then copied.
    /// - Throws: `DatabaseError` when it cannot be written.
    func keep(_ scratch: MergeScratch) throws -> BaseFile? {
        let file = BaseFile()
        do {
            guard link(scratch.path, path(file)) == 0 else {
                if [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(errno) { return nil }
                throw FileSync.failure(path(file))
            }
            try FileSync.sync(URL(filePath: catalog).deletingLastPathComponent().path)
        } catch {
            remove(file)
            throw error
        }
        return file
    }

    /// Removes a file, if it is there. Who reads it goes on reading it.
    func remove(_ file: BaseFile) {
        // What stays is removed as an abandoned one.
        try? FileManager.default.removeItem(atPath: path(file))
    }

    /// Removes those that killed processes left.
    /// - Parameters:
    ///   - present: the files that tables have.
    ///   - now: by which they are old enough.
    func removeAbandoned(besides present: Set<BaseFile>, at now: Date = .now) {
        let catalog = URL(filePath: catalog)
        // A folder that cannot be listed only keeps what it has.
        let files = try? FileManager.default.contentsOfDirectory(
            at: catalog.deletingLastPathComponent(), includingPropertiesForKeys: [.contentModificationDateKey])
        for url in files ?? [] where url.lastPathComponent.hasPrefix(catalog.lastPathComponent + "-") {
            let name = String(url.lastPathComponent.dropFirst(catalog.lastPathComponent.count + 1))
            guard let file = BaseFile(schema: name), !present.contains(file),
                let left = try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate,
                now.timeIntervalSince(left) > Self.abandonedAfter
            else { continue }
            remove(file)
        }
    }
}
