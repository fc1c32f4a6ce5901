import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A problem document (RFC 9457) with the specification's error code.
struct Problem: Encodable {
    var type: String
    var title: String
    var status: Int
    var detail: String
    var instance: String
    var code: String?
    var traceId: String

    init(_ error: RequestError, instance: String, traceId: String) {
        type = error.code.map { "urn:srto:error:\($0.rawValue)" } ?? "about:blank"
        title = error.code?.title ?? HTTPResponse.Status.phrase(error.status)
        status = error.status
        detail = error.message
        self.instance = instance
        code = error.code?.rawValue
        self.traceId = traceId
    }

    /// The answer that carries it.
    func response(retryAfterSeconds: Int? = nil) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"srto\"" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body: ByteBuffer
        do {
            body = ByteBuffer(bytes: try encoder.encode(self))
        } catch {
            body = ByteBuffer(string: "{\"status\":\(status)}")
        }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: body))
    }
}
