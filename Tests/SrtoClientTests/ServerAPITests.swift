import Foundation
import Testing

@testable import srto

@Suite(.timeLimit(.minutes(1))) struct ServerAPITests {
    private static func with<Value: Sendable>(
        _ server: TestServer, patience: Duration = .seconds(20), _ body: (ServerAPI) async throws -> Value
    ) async throws -> Value {
        try await ServerAPI.with(try ServerAddress(server.url), token: "secret", patience: patience, body)
    }

    @Test func aBrokenUploadIsSentAgainFromItsBeginning() async throws {
        let bytes = Data((0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let uploads = Notes<Data>()
        let tokens = Notes<String?>()
        try await withFolder { folder in
            let path = folder.appending(path: "a.csv").path
            try bytes.write(to: URL(fileURLWithPath: path))
            let file = try #require(try LocalFile.check([path]).first)
            let sent = Notes<Int64>()
            try await TestServer.serving(http: { request in
                tokens.add(request.head.headers.first(name: "authorization"))
                return uploads.add(request.body) == 0 ? .hangUp : .json(200, "{}")
            }) { server in
                try await Self.with(server) { try await $0.upload(file, to: "/put/a?x=1") { sent.add($0) } }
            }
            #expect(uploads.all == [bytes, bytes])
            #expect(sent.all.last == 700_001)
            #expect(tokens.all == ["Bearer secret", "Bearer secret"])
        }
    }

    @Test func aFileThatShrankIsNotHalfUploaded() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "a.csv").path
            try Data("id\n1\n".utf8).write(to: URL(fileURLWithPath: path))
            let file = LocalFile(path: path, name: "a.csv", size: 900)
            try await TestServer.serving(http: { _ in .json(200, "{}") }) { server in
                let error = await #expect(throws: ClientError.self) {
                    try await Self.with(server) { try await $0.upload(file, to: "/put") { _ in } }
                }
                #expect(error?.code == .file)
            }
        }
    }

    @Test func waitsForAServerThatIsRestarting() async throws {
        let gone = try await TestServer.serving { $0 }
        let done = AsyncStream<Void>.makeStream()
        async let queues = {
            defer { done.continuation.finish() }
            return try await Self.with(gone) { try await $0.queues() }
        }()
        _ = try await TestServer.serving(port: gone.port, http: { _ in .json(200, #"{"queues":[{"name":"q"}]}"#) }) {
            _ in
            for await _ in done.stream {}
        }
        #expect(try await queues == [.object(["name": "q"])])
    }

    @Test func asksAgainUntilItsPatienceEnds() async throws {
        let calls = Notes<Int>()
        let begin = ContinuousClock.now
        try await TestServer.serving(http: { _ in
            calls.add(0)
            return .hangUp
        }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await Self.with(server, patience: .seconds(1)) { try await $0.queues() }
            }
            #expect(error?.code == .lost)
        }
        // Pauses of 200 and 400 ms at most always fit; one of 800 may not.
        #expect(calls.all.count >= 3)
        #expect(ContinuousClock.now - begin < .seconds(5))
    }

    @Test func aServerThatIsNotThereIsAskedAgainToo() async throws {
        let gone = try await TestServer.serving { $0 }
        let begin = ContinuousClock.now
        let error = await #expect(throws: ClientError.self) {
            try await Self.with(gone, patience: .seconds(1)) { try await $0.queues() }
        }
        #expect(error?.code == .unreachable)
        // Each pause is drawn from nothing on: three shorter than 20 ms together are drawn once in 48,000 times.
        #expect((.milliseconds(20) ... .seconds(5)).contains(ContinuousClock.now - begin))
    }

    @Test func aBusyServerIsAskedAgain() async throws {
        let calls = Notes<Int>()
        try await TestServer.serving(http: { _ in
            calls.add(0) == 0 ? .json(503, "{}", headers: ["retry-after": "0"]) : .json(200, "[]")
        }) { server in
            let queues = try await Self.with(server) { try await $0.queues() }
            #expect(queues.isEmpty)
        }
        #expect(calls.all.count == 2)
    }

    @Test func aReplayWhoseAnswerIsLostIsNotRepeated() async throws {
        let calls = Notes<Int>()
        try await TestServer.serving(http: { _ in
            calls.add(0)
            return .hangUp
        }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await Self.with(server) { try await $0.replayDeadLetter(3) }
            }
            #expect(error?.code == .lost)
        }
        #expect(calls.all.count == 1)
    }

    @Test(arguments: [
        (401, "token", "srto token"), (403, "not allowed", "token"), (404, "no such session", "here"),
        (500, "the server failed", "log"),
    ])
    func aProblemBecomesOneLine(status: Int, what: String, advice: String) async throws {
        let problem = #"{"title":"T","detail":"no such session\nhere","code":"ERR_X"}"#
        try await TestServer.serving(http: { _ in .json(status, problem) }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await Self.with(server) { try await $0.session("a/b c") }
            }
            let line = try #require(error).description
            #expect(line.contains(what) && line.contains("[ERR_X]") && line.contains(advice))
            #expect(!line.contains("\n"))
        }
    }

    @Test func aBrokenDownloadLeavesTheFileAsItWas() async throws {
        try await withFolder { folder in
            let path = folder.appending(path: "report.csv").path
            try Data("old".utf8).write(to: URL(fileURLWithPath: path))
            _ = try await TestServer.serving(http: { _ in .cutShort(Data("new".utf8)) }) { server in
                await #expect(throws: ClientError.self) {
                    try await Self.with(server, patience: .milliseconds(50)) { try await $0.download("/r", to: path) }
                }
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.csv"])
            _ = try await TestServer.serving(http: { _ in .bytes(Data("new".utf8)) }) { server in
                let download = try await Self.with(server) { try await $0.download("/r", to: path) }
                #expect(download.size == 3)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("new".utf8))
        }
    }

    @Test func theTokenGoesNowhereElse() throws {
        let address = try ServerAddress("http://127.0.0.1:8080")
        #expect(address.owns("http://127.0.0.1:8080/api/objects/x?s=1"))
        #expect(!address.owns("http://127.0.0.1:8081/x"))
        #expect(!address.owns("https://127.0.0.1:8080/x"))
        #expect(!address.owns("http://127.0.0.1.example.com:8080/x"))
    }
}
