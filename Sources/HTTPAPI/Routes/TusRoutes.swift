import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Imports

/// Uploads in parts after tus 1.0 (core, creation, expiration, termination), beside the signed PUT: `POST` below a session with
/// a token, the rest under a signed URL as a PUT is.
struct TusRoutes {
    static let version = "1.0.0"
    private static let extensions = "creation,expiration,termination"
    private static let contentType = "application/offset+octet-stream"
    private static let creation: String = "/api/import/session/:id/upload"
    private static let upload: String = "/api/import/session/:id/upload/:file"

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.post, Self.creation, use: create)
        routes.publicly(.head, Self.upload, use: stand)
        routes.publicly(.patch, Self.upload, use: append)
        routes.publicly(.delete, Self.upload, use: remove)
        for path in [Self.creation, Self.upload] { routes.publicly(.options, path, use: describe) }
    }

    private func describe(_ request: Request, _ context: APIContext) async throws -> Response {
        Response(
            status: .ok,
            headers: [
                .tusResumable: Self.version, .tusVersion: Self.version, .tusExtension: Self.extensions,
                .tusMaxSize: String(services.imports.maximumFileBytes),
            ])
    }

    private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        try Self.demandVersion(request)
        guard let length = try Self.number(request, .uploadLength) else {
            throw RequestError(status: 400, "Upload-Length has to say how many bytes the file has.")
        }
        let (path, upload) = try await services.imports.beginPartialUpload(
            session: try context.pathValue("id"), fileName: try Self.fileName(request), length: length, by: user)
        var headers = Self.headers(of: upload)
        headers[.location] = request.origin(publicURL: services.publicURL) + path
        return Response(status: .created, headers: headers)
    }

    private func stand(_ request: Request, _ context: APIContext) async throws -> Response {
        let claim = try Self.claim(request, context)
        try Self.demandVersion(request)
        let upload = try await services.imports.partialUpload(claim)
        var headers = Self.headers(of: upload)
        headers[.uploadLength] = String(upload.length)
        return Response(status: .ok, headers: headers)
    }

    private func append(_ request: Request, _ context: APIContext) async throws -> Response {
        let claim = try Self.claim(request, context)
        try Self.demandVersion(request)
        guard request.headers[.contentType] == Self.contentType else {
            throw RequestError(status: 415, "the Content-Type of a part is \(Self.contentType).")
        }
        guard let offset = try Self.number(request, .uploadOffset) else {
            throw RequestError(status: 400, "Upload-Offset has to say where the part goes on.")
        }
        let upload = try await services.imports.append(
            UploadPieces(body: request.body), at: offset, bytes: try Self.number(request, .contentLength), to: claim)
        return Response(status: .noContent, headers: Self.headers(of: upload))
    }

    private func remove(_ request: Request, _ context: APIContext) async throws -> Response {
        let claim = try Self.claim(request, context)
        try Self.demandVersion(request)
        try await services.imports.removePartialUpload(claim)
        return Response(status: .noContent, headers: [.tusResumable: Self.version])
    }

    private static func claim(_ request: Request, _ context: APIContext) throws -> PartialUploadClaim {
        guard let file = Int(try context.pathValue("file")), file >= 0,
            let expires = try request.queryValue("expires").flatMap({ Int64($0) }),
            let signature = try request.queryValue("signature")
        else { throw RequestError(status: 404, "this is not a URL that SRTO signed.") }
        return PartialUploadClaim(
            sessionID: try context.pathValue("id"), file: file, expires: expires, signature: signature)
    }

    private static func demandVersion(_ request: Request) throws {
        guard request.headers[.tusResumable] == version else {
            throw RequestError(status: 412, "Tus-Resumable has to be \(version).")
        }
    }

    private static func number(_ request: Request, _ name: HTTPField.Name) throws -> Int64? {
        guard let text = request.headers[name] else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw RequestError(status: 400, "\(name.rawName) is a number of bytes.")
        }
        return number
    }

    /// The pair `filename` of Upload-Metadata: a name and its value in base 64, pairs set off by commas.
    private static func fileName(_ request: Request) throws -> String {
        let pairs = (request.headers[.uploadMetadata] ?? "").split(separator: ",").prefix(50)
        for pair in pairs {
            let parts = pair.split(separator: " ")
            guard parts.count == 2, parts[0] == "filename" else { continue }
            if let data = Data(base64Encoded: String(parts[1])), let name = String(data: data, encoding: .utf8) {
                return name
            }
        }
        throw RequestError(
            status: 400, "Upload-Metadata has to name a file of the session: filename and its name in base 64.")
    }

    /// As RFC 9110 writes it: `Tue, 24 Nov 2026 03:49:12 GMT`.
    static func httpDate(_ date: Date) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) GMT
                """,
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }

    private static func headers(of upload: PartialUpload) -> HTTPFields {
        [
            .tusResumable: version, .uploadOffset: String(upload.offset),
            .uploadExpires: Self.httpDate(upload.expires), .cacheControl: "no-store",
        ]
    }
}

extension HTTPField.Name {
    // The texts are valid tokens, so that the fallback is never taken.
    static var tusResumable: HTTPField.Name { HTTPField.Name("Tus-Resumable") ?? .trailer }
    static var tusVersion: HTTPField.Name { HTTPField.Name("Tus-Version") ?? .trailer }
    static var tusExtension: HTTPField.Name { HTTPField.Name("Tus-Extension") ?? .trailer }
    static var tusMaxSize: HTTPField.Name { HTTPField.Name("Tus-Max-Size") ?? .trailer }
    static var uploadLength: HTTPField.Name { HTTPField.Name("Upload-Length") ?? .trailer }
    static var uploadOffset: HTTPField.Name { HTTPField.Name("Upload-Offset") ?? .trailer }
    static var uploadMetadata: HTTPField.Name { HTTPField.Name("Upload-Metadata") ?? .trailer }
    static var uploadExpires: HTTPField.Name { HTTPField.Name("Upload-Expires") ?? .trailer }
}
