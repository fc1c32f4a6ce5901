import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ObjectStore

/// `/api/objects/…`: signed uploads and downloads.
struct ObjectRoutes {
    private struct Uploaded: Encodable {
        var fileName: String
        var size: Int64
        var sha256: String
    }

    /// What a signed URL claims.
    private struct Claim {
        var key: ObjectKey
        var expires: Int64
        var signature: String
    }

    private static let pieceBytes = 1 << 18

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.publicly(.put, "/api/objects/**", use: upload)
        routes.publicly(.get, "/api/objects/**", use: download)
    }

    private func upload(_ request: Request, _ context: APIContext) async throws -> Response {
        let claim = try Self.claim(request, context)
        let uploaded = try await services.imports.receive(
            claim.key, expires: claim.expires, signature: claim.signature,
            body: UploadPieces(body: request.body))
        return try .json(Uploaded(fileName: uploaded.fileName, size: uploaded.size, sha256: uploaded.sha256))
    }

    private func download(_ request: Request, _ context: APIContext) async throws -> Response {
        let claim = try Self.claim(request, context)
        try services.imports.demandDownload(claim.key, expires: claim.expires, signature: claim.signature)
        guard let size = try await services.objects.size(claim.key) else {
            throw RequestError(status: 404, "there is no such object.")
        }
        let name = claim.key.components.last ?? "object"
        let objects = services.objects
        return Response(
            status: .ok,
            headers: [
                .contentType: name.hasSuffix(".csv") ? "text/csv; charset=utf-8" : "application/octet-stream",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: ResponseBody(contentLength: Int(size)) { writer in
                var offset = 0
                while offset < Int(size) {
                    let piece = try await objects.get(claim.key, offset: offset, count: Self.pieceBytes)
                    guard !piece.isEmpty else {
                        throw ObjectStoreError(.unavailable, "object \(claim.key) shrank while it was sent")
                    }
                    offset += piece.count
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            })
    }

    private static func claim(_ request: Request, _ context: APIContext) throws -> Claim {
        // A percent sign of the key itself was encoded once more for the path.
        let path = context.parameters.getCatchAll().joined(separator: "/").removingPercentEncoding
        guard let key = path.flatMap(ObjectKey.init(path:)),
            let expires = try request.queryValue("expires").flatMap({ Int64($0) }),
            let signature = try request.queryValue("signature")
        else { throw RequestError(status: 404, "this is not a URL that SRTO signed.") }
        return Claim(key: key, expires: expires, signature: signature)
    }
}
