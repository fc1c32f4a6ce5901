import Domain
import Foundation
import Jobs

/// How a job behaves when it is run.
enum Temper: Sendable {
    case fine
    /// Fails so many times.
    case flaky(Int)
    case hopeless
    /// Takes longer than the broker waits for an ack.
    case slow(Duration)
    /// Ends its process, every time.
    case poisonous
}

/// The handlers of a session that fans out and joins: the pattern of an import's stages, on the simulation's store.
struct SimHandlers: Sendable {
    static let chunksInFlight = 2

    let store: SimStoreHandle
    let life: Life
    let world: World

    func queues() -> [WorkerQueue] {
        [
            WorkerQueue(.importValidateSchema, concurrency: 2, handler: Handler(part: .split, handlers: self)),
            WorkerQueue(.importValidateChunk, concurrency: 2, handler: ChunkHandler(handlers: self)),
            WorkerQueue(.importResolve, concurrency: 1, handler: JoinHandler(handlers: self)),
        ]
    }

    private enum Part { case split }

    private struct Handler: JobHandler {
        let part: Part
        let handlers: SimHandlers

        func handle(_ job: Job<ValidateSchemaJob>) async throws -> Disposition {
            try await handlers.run(job.id, attempt: job.attempt, session: job.payload.sessionID) { store, session in
                handlers.release(&session, store)
            }
        }

        func abandon(_ job: Job<ValidateSchemaJob>, because reason: String) async throws {
            try await handlers.fail(job.payload.sessionID)
        }
    }

    private struct ChunkHandler: JobHandler {
        let handlers: SimHandlers

        func handle(_ job: Job<ValidateChunkJob>) async throws -> Disposition {
            if handlers.world.bug == .joinOnPlainCounter { try await handlers.countPlainly(job.payload.sessionID) }
            return try await handlers.run(job.id, attempt: job.attempt, session: job.payload.sessionID) {
                store, session in
                session.done.insert(job.payload.chunk.ordinal)
                handlers.release(&session, store)
                handlers.join(&session, store)
            }
        }

        func abandon(_ job: Job<ValidateChunkJob>, because reason: String) async throws {
            try await handlers.fail(job.payload.sessionID)
        }
    }

    private struct JoinHandler: JobHandler {
        let handlers: SimHandlers

        func handle(_ job: Job<ResolveJob>) async throws -> Disposition {
            try await handlers.run(job.id, attempt: job.attempt, session: job.payload.sessionID) { _, session in
                session.status = .completed
            }
        }

        func abandon(_ job: Job<ResolveJob>, because reason: String) async throws {
            try await handlers.fail(job.payload.sessionID)
        }
    }

    /// Runs a job as its temper has it; its effect happens once, with its mark.
    private func run(
        _ id: String, attempt: Int, session sessionID: String,
        _ change: (SimStore, inout SimStore.Session) -> Void
    ) async throws -> Disposition {
        try await life.point()
        switch world.temper(of: id) {
        case .fine: break
        case .flaky(let times) where attempt <= times: throw Trouble()
        case .flaky: break
        case .slow(let duration): try await world.clock.sleep(for: duration)
        case .hopeless: return .dead(reason: "hopeless")
        case .poisonous:
            world.kill(life)
            throw Life.Dead()
        }
        try await store.transaction { store in
            guard store.mark(id), var session = store.sessions[sessionID], session.status == .running else { return }
            change(store, &session)
            store.effect(of: id)
            store.sessions[sessionID] = session
            store.tell(session, finished: session.status != .running)
        }
        return .done
    }

    private struct Trouble: Error {}

    /// Queues the next chunks of a session.
    private func release(_ session: inout SimStore.Session, _ store: SimStore) {
        while session.queued < session.chunks, session.queued - session.done.count < Self.chunksInFlight {
            let chunk = ImportChunk(
                ordinal: session.queued, fileIndex: 0, byteOffset: 0, byteLength: 1, firstLine: 1, firstRecord: 0)
            session.queued += 1
            world.ask(
                "chunk-\(chunk.ordinal)", ValidateChunkJob(sessionID: session.id, chunk: chunk), session.id, store)
        }
    }

    /// The last chunk asks for what follows all of them.
    private func join(_ session: inout SimStore.Session, _ store: SimStore) {
        guard world.bug != .joinOnPlainCounter, session.done.count == session.chunks else { return }
        session.joins += 1
        world.ask("join", ResolveJob(sessionID: session.id), session.id, store)
    }

    private func countPlainly(_ id: String) async throws {
        try await store.transaction { store in
            guard var session = store.sessions[id] else { return }
            session.plainCount += 1
            if session.plainCount == session.chunks {
                session.joins += 1
                world.ask("join", ResolveJob(sessionID: id), id, store)
            }
            store.sessions[id] = session
        }
    }

    private func fail(_ id: String) async throws {
        try await store.transaction { store in
            guard var session = store.sessions[id], session.status == .running else { return }
            session.status = .failed
            store.sessions[id] = session
            store.tell(session, finished: true)
        }
    }
}
