package import Foundation

extension LocalObjectStore {
    package func deleteAbandoned(below key: ObjectKey, before instant: Date) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            let folder = path(key)
            for name in try Self.names(in: folder) where name.hasPrefix(LocalObjectWriter.partPrefix) {
                let part = folder + "/" + name
                do throws(ObjectStoreError) {
                    let file = try FileDescriptor(object: part)
                    if try file.modified() < instant { unlink(part) }
                } catch {
                    // Its writer has ended meanwhile.
                    if error.code != .notFound { throw error }
                }
            }
        }
    }

    /// - Returns: none where there is no such folder.
    private static func names(in folder: String) throws(ObjectStoreError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return []
        } catch {
            throw ObjectStoreError(
                .unavailable, "the folder \(folder) cannot be listed: \(error.localizedDescription)")
        }
    }

    package func list(below key: ObjectKey) async throws(ObjectStoreError) -> [ObjectEntry] {
        try await blocking { () throws(ObjectStoreError) in
            var entries: [ObjectEntry] = []
            for name in try Self.names(in: path(key)).sorted() {
                // Locks and parts begin with a dot; a name that no key has is no object.
                guard let key = ObjectKey(path: "\(key)/\(name)") else { continue }
                do throws(ObjectStoreError) {
                    let file = try FileDescriptor(object: path(key))
                    entries.append(ObjectEntry(key: key, size: Int64(try file.size()), modified: try file.modified()))
                } catch {
                    // A folder, or gone meanwhile.
                    if error.code != .notFound { throw error }
                }
            }
            return entries
        }
    }
}
