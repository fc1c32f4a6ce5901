import Foundation
import TestSupport
import Testing

/// Coordinates for outlets that have none, through a real server and a provider on loopback.
@Suite("Geocoding", .timeLimit(.minutes(3)))
struct GeocodingTests {
    private static let schema = """
        {"schemaId": "shops", "schemaName": "Shops", "version": "1", "deltaStrategy": "UPSERT",
         "entities": {
          "territories": {
           "table": "territories", "files": ["territories*.csv"], "primaryKey": "territory_id", "requiredFields": [],
           "fieldMappings": [
            {"sourceField": "id", "targetField": "territory_id"},
            {"sourceField": "name", "targetField": "territory_name"},
            {"targetField": "level", "transform": "CONST", "value": "AREA"}]},
          "outlets": {
           "table": "outlets", "files": ["outlets*.csv"], "primaryKey": "outlet_id", "requiredFields": [],
           "fieldMappings": [
            {"sourceField": "id", "targetField": "outlet_id"},
            {"sourceField": "name", "targetField": "outlet_name"},
            {"targetField": "channel", "transform": "CONST", "value": "GT"},
            {"sourceField": "address", "targetField": "address"},
            {"sourceField": "territory", "targetField": "territory_id"},
            {"sourceField": "lat", "targetField": "latitude"},
            {"sourceField": "lon", "targetField": "longitude"}]}}}
        """

    /// Knows every address but one.
    @Sendable
    private static func answer(_ question: LoopbackProvider.Question) -> LoopbackProvider.Reply {
        question.uri.contains("Nowhere")
            ? .answer(status: 200, body: "[]")
            : .answer(status: 200, body: #"[{"lat": "48.5", "lon": "9.25", "addresstype": "building"}]"#)
    }

    private static func write(_ text: String, _ name: String, in folder: URL) throws -> String {
        let path = folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Saves the schema and imports one territory and these outlets; the session's id.
    private static func importOutlets(_ lines: [String], at server: ServerProcess, in folder: URL) async throws
        -> String
    {
        let schema = try write(Self.schema, "shops.json", in: folder)
        let saved = try await server.run(["schema", "save", schema])
        #expect(saved.status == 0, "\(saved.errors)")
        let files = [
            try write("id,name\nT1,North\n", "territories.csv", in: folder),
            try write(
                (["id,name,address,territory,lat,lon"] + lines).map { $0 + "\n" }.joined(), "outlets.csv", in: folder),
        ]
        let outcome = try await server.run(["import", "--schema", "shops", "--json"] + files)
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        return try #require((try outcome.json() as? [String: Any])?["sessionId"] as? String)
    }

    /// The outlets of the territory's snapshot by id.
    private static func snapshot(_ server: ServerProcess) async throws -> [String: [String: Any]] {
        let snapshot = try await server.run(["snapshot", "T1"]).json() as? [String: Any]
        let outlets = snapshot?["outlets"] as? [[String: Any]] ?? []
        return Dictionary(uniqueKeysWithValues: outlets.map { ($0["outlet_id"] as? String ?? "", $0) })
    }

    private static let outlets = [
        "A,Kiosk,Main Street 1,T1,,", "B,Shop,Nowhere,T1,,", "C,Market,Side Street 2,T1,1.5,2.5",
        "D,Stall,main street  1,T1,,", "E,Booth,,T1,,",
    ]

    /// Seen red with the queue's consumer left out of the server, and with the answer not remembered.
    @Test("outlets get coordinates that are marked; the second import asks nothing; a rollback is not in its way")
    func wholeWay() async throws {
        try await LoopbackProvider.with(answering: Self.answer) { provider, url in
            let settings = [
                "SRTO_GEOCODER_PROVIDER": "nominatim", "SRTO_GEOCODER_URL": url, "SRTO_GEOCODER_PER_SECOND": "50",
                "SRTO_GEOCODER_COUNTRY": "DE",
            ]
            try await RunningServer.with(settings: settings) { server, folder in
                let first = try await Self.importOutlets(Self.outlets, at: server, in: folder)
                try await eventually("marked outlets in the snapshot") {
                    let outlets = try await Self.snapshot(server)
                    return ["A", "D"].allSatisfy { outlets[$0]?["coordinate_source"] is String }
                }
                let outlets = try await Self.snapshot(server)
                #expect(outlets["A"]?["coordinate_source"] as? String == "geocoded:nominatim")
                #expect(outlets["A"]?["latitude"] as? Double == 48.5 && outlets["A"]?["longitude"] as? Double == 9.25)
                for id in ["B", "E"] { #expect(outlets[id]?["latitude"] is NSNull) }
                #expect(outlets["C"]?["latitude"] as? Double == 1.5 && outlets["C"]?["coordinate_source"] is NSNull)
                #expect(provider.questions.count == 2, "\(provider.questions.map(\.uri))")
                #expect(provider.questions.allSatisfy { $0.uri.contains("countrycodes=de") })

                // The same addresses, changed otherwise: found places stay, and none is asked for again.
                let renamed = Self.outlets.map { line in
                    let (id, rest) = (line.prefix(2), line.dropFirst(2))
                    return "\(id)New \(rest)"
                }
                let second = try await Self.importOutlets(renamed, at: server, in: folder)
                try await Self.jobsEnd(of: second, server)
                let after = try await Self.snapshot(server)
                #expect(after["A"]?["outlet_name"] as? String == "New Kiosk")
                #expect(after["A"]?["coordinate_source"] as? String == "geocoded:nominatim")
                #expect(provider.questions.count == 2, "\(provider.questions.map(\.uri))")

                let back = try await server.run(["rollback", second])
                #expect(back.status == 0, "\(back.output) \(back.errors)")
                try await Self.jobsEnd(of: second, server)
                let former = try await Self.snapshot(server)
                #expect(former["A"]?["outlet_name"] as? String == "Kiosk")
                #expect(former["A"]?["coordinate_source"] as? String == "geocoded:nominatim")
                #expect(!(try await server.logText).contains("dead"))
            }
        }
    }

    @Test("a key that the provider refuses is a dead letter that names the setting and not the key")
    func refused() async throws {
        let body = #"{"status": "REQUEST_DENIED", "error_message": "The key AIza-secret is invalid.", "results": []}"#
        try await LoopbackProvider.with(answering: { _ in .answer(status: 200, body: body) }) { provider, url in
            let settings = [
                "SRTO_GEOCODER_PROVIDER": "google", "SRTO_GEOCODER_URL": url, "SRTO_GEOCODER_KEY": "AIza-secret",
                "SRTO_LOG_LEVEL": "trace",
            ]
            try await RunningServer.with(settings: settings) { server, folder in
                _ = try await Self.importOutlets(Self.outlets, at: server, in: folder)
                try await eventually("a dead letter") {
                    try await server.run(["dead", "list"]).output.contains("catalog.geocode")
                }
                let letters = try await server.run(["dead", "list", "--json"])
                #expect(letters.output.contains("REQUEST_DENIED") && letters.output.contains("SRTO_GEOCODER_KEY"))
                #expect(!letters.output.contains("AIza-secret"))
                #expect(!(try await server.logText).contains("AIza-secret"))
                #expect(provider.questions.count == 1 && provider.questions[0].uri.contains("key=AIza-secret"))
            }
        }
    }

    @Test("nobody is asked by default")
    func off() async throws {
        try await LoopbackProvider.with(answering: Self.answer) { provider, url in
            try await RunningServer.with(settings: ["SRTO_GEOCODER_URL": url]) { server, folder in
                let id = try await Self.importOutlets(Self.outlets, at: server, in: folder)
                try await Self.jobsEnd(of: id, server)
                #expect(try await Self.snapshot(server)["A"]?["latitude"] is NSNull)
                #expect(provider.questions.isEmpty)
                let metrics = try await server.get("/metrics")
                #expect(metrics.contains(#"srto_jobs_acked_total{queue="import.merge"} 1"#))
                #expect(!metrics.contains(#"srto_jobs_acked_total{queue="catalog.geocode"} 1"#))
            }
        }
    }

    /// Returns when no queue has anything more to do.
    private static func jobsEnd(of session: String, _ server: ServerProcess) async throws {
        try await eventually("the end of all jobs after \(session)") {
            let queues = try await server.run(["queues", "--json"]).json() as? [[String: Any]] ?? []
            return !queues.isEmpty && queues.allSatisfy { $0["oldestSeconds"] is NSNull }
        }
    }
}
