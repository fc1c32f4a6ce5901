package import Domain
package import Hummingbird
import Logging

/// What is known of a request while it is answered.
package struct APIContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who asks; nil on routes that need no token.
    package var user: UserContext?
    /// The step of the trace that this request is; what it starts hangs below it.
    package var trace = TraceParent.new()

    /// JSON bodies beyond this are refused with 413; uploads are streamed and bounded by what was declared.
    package var maxUploadSize: Int { 4 << 20 }

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }

    /// Who asks.
    /// - Throws: `RequestError` on a route without a token, which is our own fault.
    func requireUser() throws -> UserContext {
        guard let user else { throw RequestError(.invalidToken, "this route needs a token.") }
        return user
    }
}
