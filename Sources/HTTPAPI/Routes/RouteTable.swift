import HTTPTypes
import Hummingbird

/// Collects routes, so that a known path answers a method that it does not take with 405 and `Allow`.
struct RouteTable {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    private let router: Router<APIContext>
    private let secured: RouterGroup<APIContext>
    private var methods: [(path: String, taken: [HTTPRequest.Method])] = []

    private static let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    /// - Parameter tokens: checks the tokens of secured routes.
    init(on router: Router<APIContext>, tokens: TokenAuthority) {
        self.router = router
        secured = router.group().add(middleware: BearerMiddleware(tokens: tokens))
    }

    /// A route that needs a token. A GET route answers HEAD too.
    mutating func on(_ method: HTTPRequest.Method, _ path: String, use handler: @escaping Handler) {
        add(method, path, to: secured, handler)
    }

    /// A route that needs none.
    mutating func publicly(_ method: HTTPRequest.Method, _ path: String, use handler: @escaping Handler) {
        add(method, path, to: router, handler)
    }

    /// Answers the methods that no route takes. Comes last.
    func refuseOtherMethods() {
        for (path, taken) in methods {
            let allow = taken.map(\.rawValue).joined(separator: ", ")
            for method in Self.known where !taken.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw HTTPError(.methodNotAllowed, headers: [.allow: allow])
                }
            }
        }
    }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, to group: some RouterMethods<APIContext>,
        _ handler: @escaping Handler
    ) {
        group.on(RouterPath(path), method: method, use: handler)
        var taken = [method]
        if method == .get {
            group.on(RouterPath(path), method: .head) { try await handler($0, $1).createHeadResponse() }
            taken.append(.head)
        }
        if let known = methods.firstIndex(where: { $0.path == path }) {
            methods[known].taken += taken
        } else {
            methods.append((path, taken))
        }
    }
}
