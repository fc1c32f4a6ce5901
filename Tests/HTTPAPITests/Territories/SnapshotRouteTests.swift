import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Snapshots
import Testing

/// GET /api/territory/{id}/snapshot: what is sent, and when it need not be sent again.
struct SnapshotRouteTests {
    private static let path = "/api/territory/WEST/snapshot"

    @Test func `the full view has the specification's parts, the map view its six fields`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let full = try jsonObject(try await house.send(.get, Self.path, as: .westViewer))
            #expect(full["territory_id"] as? String == "WEST")
            for key in ["generated_at", "metrics", "outlets", "routes", "distributors", "optimization_params"] {
                #expect(full[key] != nil, "\(key)")
            }
            let map = try jsonObject(try await house.send(.get, Self.path + "?view=map", as: .westViewer))
            let outlets = try #require(map["outlets"] as? [[String: Any]])
            #expect(outlets.map { $0["outlet_id"] as? String } == ["o1", "o2"])
            #expect(
                outlets.allSatisfy { Set($0.keys) == ["outlet_id", "name", "lat", "lng", "channel", "tier"] })
            #expect(outlets.first?["lat"] as? Double == 34.12346)
        }
    }

    /// Seen red with the two branches of the answer swapped.
    @Test func `gzip for who takes it, plain JSON for who does not, and the same content`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let plain = try await house.send(.get, Self.path)
            #expect(plain.headers[.contentEncoding] == nil)
            let zipped = try await house.send(.get, Self.path, headers: [.acceptEncoding: "gzip"])
            #expect(zipped.headers[.contentEncoding] == "gzip")
            let content = SnapshotContent(hash: "", version: 0, gzipped: Array(zipped.body.readableBytesView))
            #expect(try content.decompressed() == Array(plain.body.readableBytesView))
            for response in [plain, zipped] {
                #expect(response.headers[.contentType] == "application/json")
                #expect(response.headers[.cacheControl] == "private, no-cache")
                #expect(response.headers[.vary] == "Accept-Encoding")
            }
            // Other bytes under one strong tag would be a lie; the same tag in its weak form is none.
            let tag = try #require(zipped.headers[.eTag])
            #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
            #expect(plain.headers[.eTag] == "W/" + tag)
        }
    }

    /// Which Accept-Encoding takes gzip. RFC 9110, section 12.5.3: what is named goes before `*`.
    /// Seen red before it did.
    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("deflate, gzip, br", true), ("gzip;q=0.5", true), ("*", true),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", true), ("*;q=0, gzip", true), ("", false), ("identity", false),
        ("br", false), ("gzip;q=0", false), ("gzip; q=0.000", false), ("gzip;Q=0", false), ("*;q=0", false),
        ("gzip;q=0, *", false), ("*, gzip;q=0", false), ("xgzip", false),
    ]) func `accept-encoding`(_ header: String, _ takes: Bool) async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let response = try await house.send(.get, Self.path, headers: [.acceptEncoding: header])
            #expect(response.status == .ok)
            #expect((response.headers[.contentEncoding] == "gzip") == takes)
        }
    }

    /// Seen red with `matches` that compared the tag alone, and with one that always said no.
    @Test func `what the client has already is 304, without a body and with the tag`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let tag = try #require(
                try await house.send(.get, Self.path, headers: [.acceptEncoding: "gzip"]).headers[.eTag])
            for known in [tag, "W/" + tag, "\"other\", \(tag)", "\"other\",W/\(tag)", "*"] {
                for encoding in ["gzip", "identity"] {
                    let response = try await house.send(
                        .get, Self.path, headers: [.ifNoneMatch: known, .acceptEncoding: encoding])
                    #expect(response.status == .notModified, "\(known)")
                    #expect(response.body.readableBytes == 0)
                    #expect(response.headers[.eTag] == (encoding == "gzip" ? tag : "W/" + tag))
                    #expect(response.headers[.cacheControl] == "private, no-cache")
                    #expect(response.headers[.vary] == "Accept-Encoding")
                }
            }
            for unknown in ["\"other\"", "", String(tag.dropFirst().dropLast()), "\"" + tag] {
                let response = try await house.send(.get, Self.path, headers: [.ifNoneMatch: unknown])
                #expect(response.status == .ok, "\(unknown)")
            }
        }
    }

    @Test func `the two views have tags of their own, and nobody is told 304 of the other one`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let full = try #require(try await house.send(.get, Self.path).headers[.eTag])
            let map = try #require(try await house.send(.get, Self.path + "?view=map").headers[.eTag])
            #expect(full != map)
            let response = try await house.send(.get, Self.path + "?view=map", headers: [.ifNoneMatch: full])
            #expect(response.status == .ok)
            #expect(
                try await house.send(.get, Self.path + "?view=full", headers: [.ifNoneMatch: full]).status
                    == .notModified)
        }
    }

    @Test func `404 for a missing territory is the administrator's alone to see`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            try expectProblem(
                try await house.send(.get, "/api/territory/NONE/snapshot"), 404, .territoryNotFound,
                says: "there is no territory NONE")
        }
    }

    @Test(arguments: ["view=", "view=MAP", "view=other", "view=map%00", "view=full&view=map"])
    func `a view that there is not`(_ query: String) async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let response = try await house.send(.get, Self.path + "?" + query)
            if query.hasPrefix("view=full") {
                // The first of two counts.
                #expect(try jsonObject(response)["metrics"] != nil)
            } else {
                try expectProblem(response, 400, says: "view")
            }
        }
    }

    @Test func `an id with a slash and a space is one path component, percent-encoded`() async throws {
        try await APIHouse.with { house in
            try await house.fillTerritories()
            let response = try await house.send(.get, "/api/territory/WEST%201%2Fa/snapshot", as: .westViewer)
            #expect(try jsonObject(response)["territory_id"] as? String == "WEST 1/a")
        }
    }
}
