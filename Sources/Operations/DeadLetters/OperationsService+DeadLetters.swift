import Catalog
package import Domain
import Foundation

extension OperationsService {
    /// Dead letters that were not replayed, newest first.
    /// - Parameter limit: 1...1000; what lies outside is brought inside.
    package func deadLetters(
        queue: String?, limit: Int, for user: UserContext
    ) async throws -> [DeadLetterReport] {
        try Self.demandAdministrator(user)
        let limit = min(max(limit, 1), 1000)
        return try await catalog.read { reader in
            try reader.deadLetters(queue: queue, limit: limit).map { try Self.report($0, reader) }
        }
    }

    /// One dead letter, replayed or not.
    package func deadLetter(_ id: Int64, for user: UserContext) async throws -> DeadLetterReport {
        try Self.demandAdministrator(user)
        return try await catalog.read { try Self.report(try Self.letter(id, $0), $0) }
    }

    /// Takes back the mark of the letter's job and asks for the job again, in one transaction.
    /// - Throws: `RequestError`: 404 for an unknown letter, 409 for one that was replayed or cannot be, 503 while too
    ///   much waits for the broker.
    package func replay(_ id: Int64, by user: UserContext) async throws -> DeadLetterReport {
        try Self.demandAdministrator(user)
        return try await catalog.write { writer in
            let letter = try Self.letter(id, writer)
            if case .refuse(let why) = ReplayPlan(for: letter) { throw RequestError(status: 409, why) }
            try outbox.demandRoom(writer)
            try writer.markReplayed(id, at: Date.now.iso8601)
            do {
                try writer.reopen(jobID: letter.jobID, queue: letter.queue)
            } catch let error as CatalogError where error.code == .failed {
                throw RequestError(status: 409, "dead letter \(id) is not replayed: \(error.message).")
            }
            return try Self.report(try Self.letter(id, writer), writer)
        }
    }

    /// Forgets the dead letters of a work queue: their jobs keep their marks and never run again. Returns how many there
    /// were.
    /// - Parameter queue: may be one that there is no more.
    package func purge(queue: String, by user: UserContext) async throws -> Int {
        try Self.demandAdministrator(user)
        return try await catalog.write { try $0.purgeDeadLetters(queue: queue) }
    }

    private static func letter(_ id: Int64, _ reader: any CatalogReader) throws -> DeadLetter {
        guard let letter = try reader.deadLetter(id) else {
            throw RequestError(status: 404, "there is no dead letter \(id): `srto dead list` names those there are.")
        }
        return letter
    }

    private static func report(_ letter: DeadLetter, _ reader: any CatalogReader) throws -> DeadLetterReport {
        var session: ImportSession?
        if case .importSession(let id)? = Topic(letter.subject) { session = try reader.session(id) }
        return DeadLetterReport(letter, session: session)
    }
}
