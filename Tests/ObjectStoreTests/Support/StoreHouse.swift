import Foundation
import ObjectStore
import TestSupport

/// An object store in a folder of a test's own, with room beside it to see whether anything got out.
struct StoreHouse: Sendable {
    /// Holds the root and nothing else.
    let folder: URL
    let root: URL
    let store: LocalObjectStore

    static func with(_ body: (StoreHouse) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            let root = folder.appending(path: "objects")
            try await body(StoreHouse(folder: folder, root: root, store: try LocalObjectStore(root: root.path)))
        }
    }

    /// Every entry below the root that is no folder, as a path below it.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            // One that was removed since it was listed is none.
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: root.path + "/" + path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }.sorted()
    }

    /// Where the file system has a key.
    func file(_ key: ObjectKey) -> URL { root.appending(path: key.description) }
}

/// A text's bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
