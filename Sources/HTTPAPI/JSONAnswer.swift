import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// A value as JSON.
    static func json(
        _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: try JSONEncoder.canonical.encode(value))))
    }
}

extension Request {
    /// The body as a JSON value, bounded by the context's limit.
    /// - Parameter fault: the specification's code for a body that is not what the route takes, where it has one.
    /// - Throws: `RequestError` (400) naming the field at fault.
    func json<Value: Decodable>(
        _ type: Value.Type, _ context: APIContext, fault: ErrorCode? = nil
    ) async throws -> Value {
        let body: ByteBuffer
        do {
            body = try await self.body.collect(upTo: context.maxUploadSize)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            let words = "the body is not what this route takes: \(error.fieldAtFault)."
            throw fault.map { RequestError($0, words) } ?? RequestError(status: 400, words)
        }
    }

    /// Scheme, host and port under which the client reached this server.
    func origin(publicURL: String?) -> String {
        publicURL ?? "http://\(head.authority ?? "localhost")"
    }
}
