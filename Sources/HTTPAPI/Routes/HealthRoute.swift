import Hummingbird
import Operations

/// `GET /health`, the one route without a token: for load balancers and `make run`.
struct HealthRoute {
    private struct Health: Encodable {
        let status: String
        let dependencies: [DependencyHealth]
    }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.publicly(.get, "/health") { _, _ in
            let dependencies = await services.health()
            let isWell = dependencies.allSatisfy(\.ok)
            // Without broker or cache requests are still accepted, so that a load balancer must not turn them away.
            let isServing = dependencies.allSatisfy { $0.ok || !$0.isEssential }
            return try Response.json(
                Health(status: isWell ? "ok" : "degraded", dependencies: dependencies),
                status: isServing ? .ok : .serviceUnavailable)
        }
    }
}
