import Foundation

/// A file of this machine.
struct LocalBytes: FileBytes {
    let path: String

    func size() async throws -> Int { Int(try open { try $0.seekToEnd() }) }

    func get(offset: Int, count: Int) async throws -> [UInt8] {
        try open { handle in
            try handle.seek(toOffset: UInt64(offset))
            return Array(try handle.read(upToCount: count) ?? Data())
        }
    }

    private func open<Value>(_ body: (FileHandle) throws -> Value) throws -> Value {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        let value = Result { try body(handle) }
        try handle.close()
        return try value.get()
    }
}
