import Foundation
import Synchronization
import Testing

@testable import srto

/// Uploads in parts from the client's side.
@Suite(.timeLimit(.minutes(1))) struct PartialUploadTests {
    /// What the server has, and what it was sent.
    private final class Arrived: Sendable {
        private let bytes = Mutex(Data())
        let offsets = Notes<Int>()

        var data: Data { bytes.withLock { $0 } }

        /// Keeps so many bytes of what comes; false where it does not go on.
        func take(_ part: Data, at offset: Int, keeping count: Int) -> Bool {
            offsets.add(offset)
            return bytes.withLock { bytes in
                guard offset == bytes.count else { return false }
                bytes += part.prefix(count)
                return true
            }
        }
    }

    private static func upload(
        _ content: Data, patience: Duration = .seconds(20),
        patch: @escaping @Sendable (Arrived, Data, Int) -> TestServer.Answer
    ) async throws -> (arrived: Arrived, progress: [Int64]) {
        let arrived = Arrived()
        let progress = Notes<Int64>()
        try await withFolder { folder in
            let path = folder.appending(path: "a.csv")
            try content.write(to: path)
            let file = try LocalFile.check([path.path])[0]
            try await TestServer.serving(
                http: { request in
                    guard request.head.headers.first(name: "tus-resumable") == "1.0.0" else { return .json(412, "{}") }
                    switch request.head.method {
                    case .HEAD: return .json(200, "", headers: ["upload-offset": "\(arrived.data.count)"])
                    case .PATCH:
                        let type = request.head.headers.first(name: "content-type")
                        guard type == "application/offset+octet-stream" else { return .json(415, "{}") }
                        let offset = request.head.headers.first(name: "upload-offset").flatMap { Int($0) } ?? -1
                        return patch(arrived, request.body, offset)
                    default: return .json(404, "{}")
                    }
                }
            ) { server in
                try await ServerAPI.with(try ServerAddress(server.url), token: "t", patience: patience) { api in
                    try await api.uploadInParts(file, to: "/part") { progress.add($0) }
                }
            }
        }
        return (arrived, progress.all)
    }

    /// Seen red with the file read from its beginning each time.
    @Test func goesOnWhereTheServerIsAfterEachCut() async throws {
        let content = Data((0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) })
        let (arrived, _) = try await Self.upload(content) { arrived, part, offset in
            // A third of it comes through, then the connection breaks.
            let isLast = arrived.offsets.all.count == 3
            guard arrived.take(part, at: offset, keeping: isLast ? part.count : 300) else { return .json(409, "{}") }
            return isLast ? .json(204, "") : .hangUp
        }
        #expect(arrived.data == content)
        #expect(arrived.offsets.all == [0, 300, 600, 900])
    }

    @Test func isGivenUpWhenNothingComesThrough() async throws {
        let begin = ContinuousClock.now
        await #expect(throws: ClientError.self) {
            _ = try await Self.upload(Data("id\n1\n".utf8), patience: .milliseconds(300)) { _, _, _ in .hangUp }
        }
        #expect(ContinuousClock.now - begin < .seconds(10))
    }

    /// Seen red with every refusal tried again.
    @Test(arguments: [400, 403, 410, 413]) func doesNotTryAgainWhatIsRefused(_ status: Int) async throws {
        let tries = Notes<Int>()
        let error = await #expect(throws: ClientError.self) {
            _ = try await Self.upload(Data("id\n1\n".utf8)) { _, _, offset in
                tries.add(offset)
                return .json(status, #"{"detail": "no"}"#)
            }
        }
        #expect(error?.code == .refused(status: status))
        #expect(tries.all == [0])
    }
}
