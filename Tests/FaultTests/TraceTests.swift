import AMQP
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

/// One trace from the request that opened a session to the last thing that happened because of it.
@Suite("A trace", .timeLimit(.minutes(3)))
struct TraceTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test("the trace of the request is that of every job and every event after it")
    func wholeWay() async throws {
        try await FaultyHouse.with { house in
            try await house.running { server in
                var taps: [AMQPConsumer] = []
                for queue in WorkQueue.allCases
                where ![.snapshotRegenerateInteractive, .importRollback, .catalogGeocode].contains(queue) {
                    taps.append(try await house.watch.tap(queue))
                }
                let session = try await Self.importTraced(at: server)
                for tap in taps {
                    let first = try await within(.seconds(30), "a job") { try await tap.first { _ in true } }
                    let parent = try #require(first?.headers[HeaderName.traceparent])
                    #expect("\(parent)".contains(Self.trace), "\(parent)")
                }
                try await house.watch.importEvents { envelope in
                    #expect(envelope.event.subject == "import:\(session)")
                    #expect(envelope.event.traceparent?.contains(Self.trace) == true, "\(envelope.event)")
                    return envelope.event.type != .importFinished
                }
            }
        }
    }

    private struct Opened: Decodable {
        var sessionId: String
        var uploadUrls: [String: String]
    }

    private static func importTraced(at server: ServerProcess) async throws -> String {
        let name = "territories.csv"
        let file = try Data(contentsOf: TestServers.repository.appending(path: "Config/sample/\(name)"))
        let json = ["Content-Type": "application/json"]
        let opening = #"{"schemaId": "us-chains", "files": [{"fileName": "\#(name)", "fileSize": \#(file.count)}]}"#
        let answer = try await server.send(
            "POST", "/api/import/session",
            headers: json.merging(["traceparent": "00-\(trace)-b7ad6b7169203331-01"]) { $1 },
            body: Array(opening.utf8))
        let opened = try JSONDecoder().decode(Opened.self, from: Data(answer.utf8))
        _ = try await server.send("PUT", try #require(opened.uploadUrls[name]), body: Array(file))
        // Another request, with a trace of its own: the session's is that of its opening.
        _ = try await server.send(
            "POST", "/api/import/process", headers: json, body: Array(#"{"sessionId": "\#(opened.sessionId)"}"#.utf8))
        return opened.sessionId
    }
}
