import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import Imports
import NIOCore
import TestSupport
import Testing

/// POST and GET /api/import/schema.
struct SchemaRouteTests {
    private struct Listed: Decodable { var schemas: [ImportSchema] }

    @Test func `a schema is created, once and again alike, and comes back as it was sent`() async throws {
        try await APIHouse.with { house in
            let sent = try JSONDecoder().decode(ImportSchema.self, from: Data(TestSchema.text().utf8))
            for _ in 0..<2 {
                let response = try await house.send(
                    .post, "/api/import/schema", as: .admin, body: TestSchema.text())
                _ = try jsonObject(response, .created)
                let kept = try JSONDecoder().decode(
                    ImportSchema.self, from: Data(response.body.readableBytesView))
                #expect(kept == sent)
            }
            #expect(try await Self.listed(house) == [sent])
        }
    }

    /// Seen red with the 409's guard taken out of `ImportService.save`.
    @Test func `a version that is there cannot become another, and a new version can be added`() async throws {
        try await APIHouse.with { house in
            let first = TestSchema.text(name: "First")
            #expect(try await house.send(.post, "/api/import/schema", as: .admin, body: first).status == .created)
            let changed = try await house.send(
                .post, "/api/import/schema", as: .admin, body: TestSchema.text(name: "Changed"))
            try expectProblem(changed, 409, .schemaValidationFailed, says: "save it under a new version")
            #expect(try await Self.listed(house).map(\.schemaName) == ["First"])
            let second = TestSchema.text(name: "Changed", version: "2")
            #expect(try await house.send(.post, "/api/import/schema", as: .admin, body: second).status == .created)
            #expect(try await Self.listed(house).map(\.version) == ["2"])
        }
    }

    /// Seen red with the first fault alone.
    @Test func `every fault of a schema is listed at once`() async throws {
        try await APIHouse.with { house in
            let body = TestSchema.text(
                id: "a b", version: "",
                more: #", "errorThreshold": 2, "relationships": [{"from": "outlets.dt_code", "to": "outlets.tier"}]"#
            )
            .replacing(#""primaryKey": "outlet_id""#, with: #""primaryKey": "name""#)
            .replacing(#""targetField": "territory_name""#, with: #""targetField": "nowhere""#)
            let response = try await house.send(.post, "/api/import/schema", as: .admin, body: body)
            let problem = try expectProblem(response, 400, .schemaValidationFailed)
            for words in [
                "schemaId must be", "version must be", "errorThreshold is a share",
                "primaryKey of outlets is outlet_id",
                "territories has no column nowhere", "required field territory_name is not mapped",
                "relationship outlets.dt_code → outlets.tier",
            ] {
                #expect(problem.detail.contains(words), "\(problem.detail)")
            }
            #expect(try await Self.listed(house).isEmpty)
        }
    }

    /// A lookup file is one of the server's own: a client must not have it read one.
    @Test func `a lookup table that names a file of the server is refused`() async throws {
        try await APIHouse.with { house in
            let tables = #", "lookupTables": {"t": {"file": "../../../etc/passwd", "key": "k", "value": "v"}}"#
            let response = try await house.send(
                .post, "/api/import/schema", as: .admin, body: TestSchema.text(more: tables))
            try expectProblem(response, 400, .schemaValidationFailed, says: "lookup table t has no entries")
        }
    }

    @Test func `the schemas that the server ships can be posted as they are, and are listed`() async throws {
        try await APIHouse.with { house in
            let library = SchemaLibrary(folder: TestServers.repository.appending(path: "Config"))
            let shipped = try library.schemas()
            #expect(!shipped.isEmpty)
            for schema in shipped {
                let body = String(decoding: try JSONEncoder().encode(schema), as: UTF8.self)
                let response = try await house.send(.post, "/api/import/schema", as: .admin, body: body)
                #expect(response.status == .created, "\(String(buffer: response.body).prefix(500))")
            }
            #expect(try await Self.listed(house) == shipped.sorted { $0.schemaId < $1.schemaId })
        }
    }

    private static func listed(_ house: APIHouse) async throws -> [ImportSchema] {
        let response = try await house.send(.get, "/api/import/schema", as: .producer)
        #expect(response.status == .ok)
        return try JSONDecoder().decode(Listed.self, from: Data(response.body.readableBytesView)).schemas
    }
}
