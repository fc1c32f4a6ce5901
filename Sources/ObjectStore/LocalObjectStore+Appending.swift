import Foundation

extension LocalObjectStore {
    package func append(
        _ bytes: [UInt8], to key: ObjectKey, at offset: Int64
    ) async throws(ObjectStoreError) -> Bool {
        try await blocking { () throws(ObjectStoreError) in
            let mode = O_WRONLY | O_APPEND | O_NOFOLLOW
            let file: FileDescriptor
            if offset == 0 {
                try Self.makeFolder(folder(of: key))
                file = try FileDescriptor(path(key), mode | O_CREAT)
            } else {
                file = try FileDescriptor(path(key), mode)
            }
            // Of two who append at once, one finds that the object has grown.
            try file.lock()
            guard Int64(try file.size()) == offset else { return false }
            try file.write(bytes)
            return true
        }
    }

    package func synchronize(_ key: ObjectKey) async throws(ObjectStoreError) {
        try await blocking { () throws(ObjectStoreError) in
            try FileDescriptor(object: path(key)).synchronize()
            try synchronizeFolder(of: key)
        }
    }
}
