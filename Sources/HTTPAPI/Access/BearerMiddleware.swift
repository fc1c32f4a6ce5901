import Domain
import HTTPTypes
import Hummingbird

/// Demands a bearer token: stands on every route but health and objects, whose URLs carry their own signature.
struct BearerMiddleware: RouterMiddleware {
    let tokens: TokenAuthority

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard let header = request.headers[.authorization] else {
            throw RequestError(
                .invalidToken,
                "the request carries no token: send Authorization: Bearer … (make one with `srto token`).")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw RequestError(.invalidToken, "the Authorization header must be Bearer and a token.")
        }
        context.user = try await tokens.verify(String(parts[1])).user
        return try await next(request, context)
    }
}

extension HTTPField.Name {
    /// W3C trace context.
    static var traceparent: HTTPField.Name {
        // The text is a valid token, so the fallback is never taken.
        HTTPField.Name("traceparent") ?? .trailer
    }
}
