import Foundation

extension LocalObjectStore {
    package func list(below key: ObjectKey) async throws(ObjectStoreError) -> [ObjectEntry] {
        try await blocking { () throws(ObjectStoreError) in
            let folder = path(key)
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: folder)
            } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
                return []
            } catch {
                throw ObjectStoreError(
                    .unavailable, "the folder \(folder) cannot be listed: \(error.localizedDescription)")
            }
            var entries: [ObjectEntry] = []
            for name in names.sorted() {
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
