import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Snapshots

/// `/api/territory/…`.
struct TerritoryRoutes {
    private struct TerritoryList: Encodable { var territories: [TerritorySummary] }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.get, "/api/territory/list", use: list)
        routes.on(.get, "/api/territory/:id/snapshot", use: snapshot)
    }

    private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(TerritoryList(territories: try await services.snapshots.territories(for: try context.requireUser())))
    }

    private func snapshot(_ request: Request, _ context: APIContext) async throws -> Response {
        let name = try request.queryValue("view") ?? SnapshotView.full.rawValue
        guard let view = SnapshotView(rawValue: name) else {
            throw RequestError(status: 400, "view is full or map.")
        }
        let content = try await services.snapshots.snapshot(
            ofTerritory: try context.pathValue("id"), view: view, for: try context.requireUser())
        let gzip = AcceptedEncoding.takesGzip(request.headers[.acceptEncoding])
        // The stored bytes are the strong form; what is decompressed for a client is the same to a cache, not to a byte.
        let tag = view == .full ? "\"\(content.hash)\"" : "\"\(content.hash)-\(view.rawValue)\""
        var headers: HTTPFields = [
            .eTag: gzip ? tag : "W/" + tag, .cacheControl: "private, no-cache", .vary: "Accept-Encoding",
            .contentType: "application/json",
        ]
        if Self.matches(request.headers[.ifNoneMatch], tag) { return Response(status: .notModified, headers: headers) }
        if gzip {
            headers[.contentEncoding] = "gzip"
            return Response(
                status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: content.gzipped)))
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: try content.decompressed())))
    }

    private static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { candidate in
            let candidate = candidate.trimmingPrefix(while: \.isWhitespace).trimmingPrefix("W/").trimmingCharacters(
                in: .whitespaces)
            return candidate == tag || candidate == "*"
        }
    }
}
