import Domain
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore

/// An upgrade that is refused, as a problem document (RFC 9457).
struct Problem: Error, Sendable, Equatable {
    private struct Document: Encodable {
        var type = "about:blank"
        var title: String
        var status: Int
        var detail: String
        var code: String?
    }

    let status: Int
    let code: ErrorCode?
    let detail: String

    init(status: Int, code: ErrorCode? = nil, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    /// The answer; it ends the connection, as an HTTP decoder stops at an upgrade whatever becomes of it.
    func response() throws -> (head: HTTPResponse, body: ResponseBody) {
        let responseStatus = HTTPResponse.Status(code: status)
        let document = Document(
            title: code?.title ?? responseStatus.reasonPhrase, status: status, detail: detail, code: code?.rawValue)
        let body = try JSONEncoder().encode(document)
        var headers = HTTPFields()
        headers[.contentType] = "application/problem+json"
        headers[.contentLength] = String(body.count)
        headers[.connection] = "close"
        headers[.cacheControl] = "no-store"
        switch status {
        case 401: headers[.wwwAuthenticate] = "Bearer error=\"invalid_token\""
        case 426:
            headers[.upgrade] = "websocket"
            headers[.secWebSocketVersion] = "13"
        case 429, 503: headers[.retryAfter] = "5"
        default: break
        }
        return (
            HTTPResponse(status: responseStatus, headerFields: headers),
            ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
