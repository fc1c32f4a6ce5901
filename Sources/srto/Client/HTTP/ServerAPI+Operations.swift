import Domain
import Foundation

extension ServerAPI {
    /// Every queue and how full it is.
    func queues() async throws(ClientError) -> [JSONValue] {
        try await list(address.url("/api/operations/queues"), named: "queues")
    }

    /// Pauses or resumes a work queue; how it stands then.
    func setPaused(_ isPaused: Bool, queue: String) async throws(ClientError) -> JSONValue {
        let path = "/api/operations/queues/\(ServerAddress.escaped(queue))/\(isPaused ? "pause" : "resume")"
        return try await fetch(Call(method: .POST, url: address.url(path)), as: JSONValue.self)
    }

    /// Dead letters, newest first.
    /// - Parameters:
    ///   - queue: only of this work queue.
    ///   - limit: at most so many, 1 to 1000.
    func deadLetters(queue: String?, limit: Int = 100) async throws(ClientError) -> [JSONValue] {
        let query = (queue.map { [(name: "queue", value: $0)] } ?? []) + [(name: "limit", value: String(limit))]
        return try await list(address.url("/api/operations/dead", query: query), named: "deadLetters")
    }

    /// One dead letter with its body.
    func deadLetter(_ id: Int64) async throws(ClientError) -> JSONValue {
        try await fetch(Call(url: address.url("/api/operations/dead/\(id)")), as: JSONValue.self)
    }

    /// Has a dead letter's job done again.
    func replayDeadLetter(_ id: Int64) async throws(ClientError) -> JSONValue {
        let answer = try await fetch(
            Call(method: .POST, url: address.url("/api/operations/dead/\(id)/replay"), isRepeatable: false))
        guard !answer.isEmpty else { return .object(["id": .integer(id), "replayed": .bool(true)]) }
        return try JSONValue(json: answer)
    }

    /// Forgets the dead letters of a work queue; how many there were.
    func purgeDeadLetters(queue: String) async throws(ClientError) -> JSONValue {
        try await fetch(
            Call(
                method: .DELETE, url: address.url("/api/operations/dead", query: [("queue", queue)]),
                isRepeatable: false), as: JSONValue.self)
    }

    /// Every territory the user may see.
    func territories() async throws(ClientError) -> [JSONValue] {
        try await list(address.url("/api/territory/list"), named: "territories")
    }

    func list(_ url: String, named name: String) async throws(ClientError) -> [JSONValue] {
        let answer = try await fetch(Call(url: url), as: JSONValue.self)
        guard let rows = answer.list(name) else {
            throw ClientError(
                .misunderstood, "the answer of \(url) has no list '\(name)'",
                advice: "check that server and client are of one version")
        }
        return rows
    }
}
