import Domain
import Hummingbird
import Operations

/// `/api/operations/…`, for administrators.
struct OperationsRoutes {
    private struct QueueList: Encodable { var queues: [QueueStatus] }
    private struct Purged: Encodable { var purged: Int }
    private struct DeadLetterList: Encodable { var deadLetters: [DeadLetterReport] }

    let services: APIServices

    func add(to routes: inout RouteTable) {
        routes.on(.get, "/api/operations/queues", use: queues)
        routes.on(.post, "/api/operations/queues/:name/pause", use: pause)
        routes.on(.post, "/api/operations/queues/:name/resume", use: resume)
        routes.on(.get, "/api/operations/dead", use: deadLetters)
        routes.on(.delete, "/api/operations/dead", use: purge)
        routes.on(.get, "/api/operations/dead/:id", use: deadLetter)
        routes.on(.post, "/api/operations/dead/:id/replay", use: replay)
    }

    private func queues(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(QueueList(queues: try await services.operations.queues(for: try context.requireUser())))
    }

    private func pause(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(
            try await services.operations.pause(
                queue: try context.pathValue("name"), by: try context.requireUser()))
    }

    private func resume(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(
            try await services.operations.resume(
                queue: try context.pathValue("name"), by: try context.requireUser()))
    }

    private func deadLetters(_ request: Request, _ context: APIContext) async throws -> Response {
        let letters = try await services.operations.deadLetters(
            queue: try request.queryValue("queue"), limit: try request.limit(default: 100, most: 1000),
            for: try context.requireUser())
        return try .json(DeadLetterList(deadLetters: letters))
    }

    private func purge(_ request: Request, _ context: APIContext) async throws -> Response {
        let user = try context.requireUser()
        // A purge of everything is asked for queue by queue.
        guard let queue = try request.queryValue("queue"), !queue.isEmpty else {
            throw RequestError(status: 400, "say whose dead letters to forget: ?queue=NAME.")
        }
        return try .json(Purged(purged: try await services.operations.purge(queue: queue, by: user)))
    }

    private func deadLetter(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(try await services.operations.deadLetter(try Self.id(context), for: try context.requireUser()))
    }

    private func replay(_ request: Request, _ context: APIContext) async throws -> Response {
        try .json(
            try await services.operations.replay(try Self.id(context), by: try context.requireUser()),
            status: .accepted)
    }

    private static func id(_ context: APIContext) throws -> Int64 {
        guard let id = Int64(try context.pathValue("id")) else {
            throw RequestError(status: 400, "the id of a dead letter is a number.")
        }
        return id
    }
}
