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

    func path(_ file: BaseFile) -> String { "\(catalog)-\(file.schema)" }

    /// Keeps a merge's scratch, which is on the disk already, as a base.
    /// - Returns: nil on a file system on which a file has one name only: the table is then copied.
    /// - Throws: `DatabaseError` when it cannot be written.
    func keep(_ scratch: MergeScratch) throws -> BaseFile? {
        let file = BaseFile()
        do {
            guard link(scratch.path, path(file)) == 0 else {
                if [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(errno) { return nil }
                throw DatabaseError.ofSystemCall("\(path(file)) cannot be linked")
            }
            try FileSync.sync(URL(filePath: catalog).deletingLastPathComponent().path)
        } catch {
            remove(file)
            throw error
        }
        return file
    }

    /// Opens a base's file to go through it past SQLite.
    /// - Throws: `BaseIsGone`.
    func open(_ base: TableBase) throws -> OpenBase {
        do {
            return OpenBase(base: base, pages: try PageSource(path(base.file)))
        } catch let error as DatabaseError {
            throw isMissing(base.file) ? BaseIsGone(base: base) : error
        }
    }

    /// Whether a file that could not be opened is not there.
    func isMissing(_ file: BaseFile) -> Bool { access(path(file), F_OK) != 0 && errno == ENOENT }

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
        FilesBeside(path: catalog).removeAbandoned(at: now) { ending in
            BaseFile(schema: String(ending.dropFirst())).map { !present.contains($0) } ?? false
        }
    }
}
