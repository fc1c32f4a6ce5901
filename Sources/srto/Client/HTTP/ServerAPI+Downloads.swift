import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// What came with a download.
struct Download: Sendable {
    let headers: HTTPHeaders
    /// Bytes, decompressed.
    var size: Int64 = 0
    /// The first bytes of the body, at most `headBytes`.
    var head = Data()

    static let headBytes = 4096
}

extension ServerAPI {
    /// Saves an answer under `path`, which either gets the whole of it or stays as it was.
    func download(_ link: String, to path: String) async throws(ClientError) -> Download {
        let partial = path + ".part"
        let files = FileManager.default
        do {
            guard files.createFile(atPath: partial, contents: nil) else {
                throw ClientError(
                    .file, "cannot write \(partial)", advice: "name a file in a folder that you may write to")
            }
            let download = try await perform(Call(url: address.resolve(link), limit: .hours(6))) { response in
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: partial))
                try handle.truncate(atOffset: 0)
                let download = try await response.copy(to: handle)
                try handle.close()
                return download
            }
            // Foundation's own replacement fails on Linux when there is nothing to replace.
            guard rename(partial, path) == 0 else {
                throw ClientError(.file, "cannot write \(path) (\(String(cString: strerror(errno))))")
            }
            return download
        } catch {
            // What is left of a failed download is of no use, and may not be there.
            try? files.removeItem(atPath: partial)
            if let error = error as? ClientError { throw error }
            throw ClientError(.file, "cannot write \(path) (\(error))")
        }
    }

    /// Writes an answer to standard output as it comes.
    func printDownload(_ link: String) async throws(ClientError) -> Download {
        // A second attempt would print the beginning twice.
        try await perform(Call(url: address.resolve(link), isRepeatable: false, limit: .hours(6))) { response in
            try await response.copy(to: .standardOutput)
        }
    }
}

extension HTTPClientResponse {
    /// Writes the body as it comes.
    fileprivate func copy(to handle: FileHandle) async throws -> Download {
        var download = Download(headers: headers)
        for try await chunk in body {
            let data = Data(chunk.readableBytesView)
            download.size += Int64(data.count)
            download.head += data.prefix(Download.headBytes - download.head.count)
            do {
                try handle.write(contentsOf: data)
            } catch let error as NSError where error.isClosedPipe {
                throw ClientError.outputClosed
            }
        }
        return download
    }
}

extension NSError {
    /// Whether nobody reads what was written, as when `head` has seen enough.
    fileprivate var isClosedPipe: Bool {
        let cause = userInfo[NSUnderlyingErrorKey] as? NSError ?? self
        return cause.domain == NSPOSIXErrorDomain && cause.code == Int(EPIPE)
    }
}
