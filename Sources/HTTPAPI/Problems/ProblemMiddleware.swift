import Catalog
import Domain
import HTTPTypes
import Hummingbird
import Logging
import ObjectStore

/// Outermost: turns every error into a problem document, and writes the access log.
struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let header = request.headers[.traceparent], let trace = TraceParent(header: header) { context.trace = trace }
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = problem(for: error, request, trace: context.trace)
            if let allow = (error as? HTTPError)?.headers[.allow] { response.headers[.allow] = allow }
            // A client takes what follows the head of such an answer for the beginning of the next one.
            if request.method == .head { response = response.createHeadResponse() }
        }
        response.headers[.traceparent] = context.trace.description
        response.headers[.xContentTypeOptions] = "nosniff"
        // A client of tus wants to see its version on every answer, the refusals among them.
        if request.headers[.tusResumable] != nil { response.headers[.tusResumable] = TusRoutes.version }
        if response.status == .preconditionFailed { response.headers[.tusVersion] = TusRoutes.version }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "target": "\(request.loggedTarget)", "status": "\(response.status.code)",
                "milliseconds": "\((ContinuousClock.now - start) / .milliseconds(1))",
                "trace": "\(context.trace.traceID)",
            ])
        return response
    }

    private func problem(for error: any Error, _ request: Request, trace: TraceParent) -> Response {
        let (fault, retryAfter) = Self.fault(error)
        if fault.status >= 500 {
            logger.error("request failed", metadata: ["trace": "\(trace.traceID)", "error": "\(error)"])
        }
        return Problem(fault, instance: request.uri.path, traceId: trace.traceID)
            .response(retryAfterSeconds: retryAfter)
    }

    /// The error in words for the client, and when to come again.
    static func fault(_ error: any Error) -> (RequestError, retryAfterSeconds: Int?) {
        switch error {
        case let error as RequestError:
            return (error, error.status == 503 ? 5 : nil)
        case let error as CatalogError where [.busy, .unavailable, .full].contains(error.code):
            return (
                RequestError(
                    status: 503, "the catalog cannot be used just now (\(error.code.rawValue)); try again shortly."), 5
            )
        case let error as ObjectStoreError where error.code == .unavailable:
            return (RequestError(status: 503, "the object store cannot be used just now; try again shortly."), 5)
        case let error as ObjectStoreError where error.code == .full:
            return (
                RequestError(status: 507, "the disk of the object store is full: nothing was kept of this request."), 60
            )
        case let error as ObjectStoreError where error.code == .notFound:
            return (RequestError(status: 404, "there is no such object."), nil)
        case let error as HTTPError:
            return (RequestError(status: error.status.code, words(error)), nil)
        case let error as any HTTPResponseError:
            return (RequestError(status: error.status.code, error.status.reasonPhrase + "."), nil)
        default:
            return (RequestError(status: 500, "something failed on our side; give an operator the traceId."), nil)
        }
    }

    private static func words(_ error: HTTPError) -> String {
        switch error.status {
        case .notFound: "there is no such route."
        case .methodNotAllowed: "this route does not take that method."
        case .contentTooLarge: "the body is larger than 4 MiB, the most that this route takes."
        default: error.body ?? error.status.reasonPhrase + "."
        }
    }
}

extension HTTPField.Name {
    /// Seconds after which to come again.
    static var retryAfter: HTTPField.Name { HTTPField.Name("Retry-After") ?? .trailer }
}
