import Foundation
import Testing

@testable import srto

/// A whole import from the client's side.
@Suite(.timeLimit(.minutes(1))) struct ImportRunTests {
    private static let topic = "import:s1"

    private static func progress(_ status: String, stage: String, finished: Bool, more: String = "") -> String {
        #"{"sessionId":"s1","schemaId":"x","status":"\#(status)","stage":"\#(stage)","progress":1,"stages":[],"#
            + #""results":{"totalRecords":1,"successCount":1,"errorCount":0,"warningCount":0,"inserted":1,"updated":0,"#
            + #""unchanged":0,"refused":0},"finished":\#(finished)\#(more)}"#
    }

    @Test func followsBeforeItStartsAndGoesOnAfterACut() async throws {
        let steps = Notes<String>()
        let processed = AsyncStream<Void>.makeStream()
        try await withFolder { folder in
            let names = (0..<7).map { "f\($0).csv" }
            for name in names { try Data("id\n\(name)\n".utf8).write(to: folder.appending(path: name)) }
            let files = try LocalFile.check(names.map { folder.appending(path: $0).path })
            try await TestServer.serving(
                http: { request in
                    switch (request.head.method, request.path) {
                    case (.POST, "/api/import/session"):
                        let links = names.map { #""\#($0)":"/put/\#($0)""# }.joined(separator: ",")
                        return .json(201, #"{"sessionId":"s1","uploadUrls":{\#(links)},"expiresIn":60}"#)
                    case (.POST, "/api/import/process"):
                        // The first request is carried out, but its answer lost.
                        guard steps.all.contains("process") else {
                            steps.add("process")
                            return .hangUp
                        }
                        processed.continuation.finish()
                        return .json(202, "{}")
                    case (.PUT, let path):
                        steps.add("upload")
                        return request.body.count == 10 && path.hasPrefix("/put/") ? .json(200, "{}") : .json(400, "{}")
                    case (.GET, "/api/import/session"):
                        steps.add("reread")
                        return .json(
                            200, Self.progress("COMPLETED", stage: "snapshots", finished: true, more: #","files":[]"#))
                    default:
                        return .json(404, "{}")
                    }
                },
                socket: { socket in
                    let (_, frames) = try await socket.subscription()
                    let isFirst = !steps.all.contains("subscribed")
                    steps.add("subscribed")
                    guard isFirst else {
                        try await socket.send(
                            #"{"type":"subscribed","topic":"import:s1","sequence":5,"recovered":false,"#
                                + #""stateType":"io.srto.import.finished.v1","state":"#
                                + Self.progress("COMPLETED", stage: "snapshots", finished: true) + "}")
                        return try await socket.drain(frames)
                    }
                    try await socket.send(#"{"type":"subscribed","topic":"import:s1","sequence":0}"#)
                    for await _ in processed.stream {}
                    try await socket.send(
                        eventFrame(
                            Self.topic, 1, offset: 1, event: "io.srto.import.progress.v1",
                            data: Self.progress("VALIDATING", stage: "validate", finished: false)))
                }
            ) { server in
                try await ServerAPI.with(try ServerAddress(server.url), token: "t", patience: .seconds(20)) { api in
                    let run = ImportRun(
                        api: api, goal: .merged, display: ProgressDisplay(console: Console(), isSilent: true))
                    let id = try await run.upload(files, schema: "x", version: nil)
                    #expect(run.reached == ImportRun.Reached(sessionID: "s1", isStarted: false))
                    try await run.startAndFollow(id, patience: .seconds(20))
                    #expect(run.reached.isStarted)
                }
            }
        }
        let order = steps.all
        #expect(order.filter { $0 == "upload" }.count == 7)
        #expect(order.filter { $0 != "upload" } == ["subscribed", "process", "subscribed", "reread"])
    }
}
