import Foundation
import TestSupport

/// The disk of a server that has one of its own.
struct SmallDisk: Sendable {
    /// Room for a catalog, its log and the sample's files.
    static let bytes = 64 << 20

    private let filler: URL

    /// The disk of a running server.
    init(of server: ServerProcess) async { filler = await server.homeFromOutside.appending(path: "filler") }

    /// Takes all room but so many bytes.
    func fill(leaving bytes: Int) throws {
        _ = FileManager.default.createFile(atPath: filler.path, contents: nil)
        let handle = try FileHandle(forWritingTo: filler)
        defer { try? handle.close() }
        let block = Data(count: 16 << 10)
        while true {
            do { try handle.write(contentsOf: block) } catch { break }
        }
        let end = try handle.seekToEnd()
        try handle.truncate(atOffset: end - UInt64(bytes))
    }

    /// Gives the room back.
    func free() throws { try FileManager.default.removeItem(at: filler) }
}
