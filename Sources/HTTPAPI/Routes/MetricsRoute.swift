import Domain
import HTTPTypes
import Hummingbird
import Operations

/// `GET /metrics`, for Prometheus: with an administrator's token, since it tells of everybody's work.
struct MetricsRoute {
    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.get, "/metrics") { _, context in
            try OperationsService.demandAdministrator(try context.requireUser())
            let text = await services.metrics.exposition()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
