import Crypto
import Foundation
import TestSupport
import Testing

/// Uploads in parts over kills of a real server.
@Suite("Uploads in parts", .timeLimit(.minutes(3)))
struct ResumedUploadTests {
    /// More than 20 MB under a name that the schema takes; nobody reads it here.
    private static func bigFile(_ folder: URL) throws -> URL {
        let file = folder.appending(path: "territories.csv")
        var bytes = Data()
        for line in 0..<600_000 { bytes += Data("T\(line),Territory number \(line) of many,AREA,US\n".utf8) }
        try bytes.write(to: file)
        return file
    }

    /// Bytes of the one file that is arriving.
    private static func partSize(below home: URL) throws -> Int {
        let objects = home.appending(path: "objects")
        let part = try FileManager.default.subpathsOfDirectory(atPath: objects.path).first {
            $0.hasSuffix("/part-00000")
        }
        guard let part else { return 0 }
        let path = objects.appending(path: part).path
        return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private static func sha256(_ file: URL) throws -> String {
        SHA256.hash(data: try Data(contentsOf: file)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A client that begins anew is refused, as the server goes on only where it is.
    @Test("the client goes on where it was when the server is killed in the middle of an upload and started again")
    func killed() async throws {
        try await RunningServer.with { server, folder in
            let file = try Self.bigFile(folder)
            #expect(try await server.run(["pause", "import.validate-schema"]).status == 0)
            let port = try #require(URL(string: server.url)?.port)
            try await FaultProxy.with(host: "127.0.0.1", port: port) { proxy, proxyPort in
                async let uploaded = server.run([
                    "import", file.path, "--schema", "us-chains", "--no-wait", "--url", "http://127.0.0.1:\(proxyPort)",
                ])
                await proxy.chunksToBroker(60)
                // Nothing more comes, and the server has time to write what came.
                proxy.set(.deafBroker)
                try await eventually("bytes in the store") { try Self.partSize(below: server.home) > 0 }
                await server.kill()
                proxy.cut()
                proxy.set(.none)
                let arrived = try Self.partSize(below: server.home)
                #expect(arrived > 0 && arrived < 20_000_000, "\(arrived)")
                try await server.start()
                let outcome = try await uploaded
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let sessions = try #require(try await server.run(["sessions", "--json"]).json() as? [[String: Any]])
            let id = try #require(sessions.first?["sessionId"] as? String)
            let session = try #require(try await server.run(["session", id, "--json"]).json() as? [String: Any])
            let kept = try #require((session["files"] as? [[String: Any]])?.first)
            #expect(kept["sha256"] as? String == (try Self.sha256(file)))
        }
    }

    @Test("what has arrived survives kill -9, and the rest makes the file whole")
    func survives() async throws {
        try await RunningServer.with { server, folder in
            let content = try Data(contentsOf: URL(filePath: RunningServer.sample("territories.csv")[0]))
            let opening =
                #"{"schemaId": "us-chains", "files": [{"fileName": "territories.csv", "fileSize": \#(content.count)}]}"#
            let json = ["Content-Type": "application/json"]
            let opened = try await server.send(
                "POST", "/api/import/session", headers: json, body: Array(opening.utf8))
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(opened.utf8)) as? [String: Any])
            let link = try #require((answer["resumableUrls"] as? [String: String])?["territories.csv"])
            let half = content.count / 2
            func patch(_ bytes: Data, at offset: Int) async throws -> String {
                try await server.send(
                    "PATCH", link,
                    headers: [
                        "Tus-Resumable": "1.0.0", "Upload-Offset": "\(offset)",
                        "Content-Type": "application/offset+octet-stream",
                    ], body: Array(bytes))
            }
            #expect(try await patch(content.prefix(half), at: 0).isEmpty)
            await server.kill()
            try await server.start()
            #expect(try await patch(content, at: 0).contains("goes on at byte \(half)"))
            #expect(try await patch(content.dropFirst(half), at: half).isEmpty)
            let id = try #require(answer["sessionId"] as? String)
            _ = try await server.send(
                "POST", "/api/import/process", headers: json, body: Array(#"{"sessionId": "\#(id)"}"#.utf8))
            _ = try await server.follow(["watch", "import:\(id)", "--json"]) { $0.contains(#""finished":true"#) }
            let session = try #require(try await server.run(["session", id, "--json"]).json() as? [String: Any])
            #expect(session["status"] as? String == "COMPLETED")
        }
    }
}
