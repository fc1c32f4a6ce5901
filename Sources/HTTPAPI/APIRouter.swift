package import Hummingbird
package import Logging

/// Every route of the API.
package enum APIRouter {
    /// Routes with their middleware: problems outermost, then tokens on every route that needs one.
    package static func build(_ services: APIServices, logger: Logger) -> Router<APIContext> {
        router(services, logger) { routes in
            ImportRoutes(services: services).add(to: &routes)
            SessionRoutes(services: services).add(to: &routes)
            TusRoutes(services: services).add(to: &routes)
            AuditRoute(services: services).add(to: &routes)
            ObjectRoutes(services: services).add(to: &routes)
            TerritoryRoutes(services: services).add(to: &routes)
            OperationsRoutes(services: services).add(to: &routes)
        }
    }

    /// For a process that serves events only: health and metrics, and a problem document for everything else.
    package static func healthOnly(_ services: APIServices, logger: Logger) -> Router<APIContext> {
        router(services, logger) { _ in }
    }

    private static func router(
        _ services: APIServices, _ logger: Logger, _ addRoutes: (inout RouteTable) -> Void
    ) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.addMiddleware { ProblemMiddleware(logger: logger) }
        var routes = RouteTable(on: router, tokens: services.tokens)
        HealthRoute(services: services).add(to: &routes)
        MetricsRoute(services: services).add(to: &routes)
        addRoutes(&routes)
        routes.refuseOtherMethods()
        return router
    }
}
