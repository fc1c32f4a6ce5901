import Foundation
import NIOCore
import NIOPosix

/// A local file's bytes, read on NIO's thread pool, exactly as many as were declared.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let file: LocalFile
    /// The byte to begin with.
    let from: Int64
    /// Told how many of the file's bytes were handed on so far, those before the first one included.
    let progress: @Sendable (Int64) -> Void

    private static let chunkBytes = 256 * 1024

    func makeAsyncIterator() -> Iterator { Iterator(file: file, from: from, progress: progress) }

    struct Iterator: AsyncIteratorProtocol {
        let file: LocalFile
        let progress: @Sendable (Int64) -> Void
        private var handle: FileHandle?
        private var sent: Int64

        init(file: LocalFile, from offset: Int64, progress: @escaping @Sendable (Int64) -> Void) {
            self.file = file
            sent = offset
            self.progress = progress
        }

        mutating func next() async throws -> ByteBuffer? {
            guard sent < file.size else { return nil }
            let open = handle
            let path = file.path
            let offset = UInt64(sent)
            let wanted = Int(Swift.min(Int64(FileChunks.chunkBytes), file.size - sent))
            let (reader, data) = try await NIOThreadPool.singleton.runIfActive {
                let reader = try open ?? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
                if open == nil { try reader.seek(toOffset: offset) }
                return (reader, try reader.read(upToCount: wanted) ?? Data())
            }
            handle = reader
            guard !data.isEmpty else {
                throw ClientError(
                    .file, "\(file.name) became shorter while it was uploaded",
                    advice: "import it again once it is written")
            }
            sent += Int64(data.count)
            progress(sent)
            return ByteBuffer(bytes: data)
        }
    }
}
