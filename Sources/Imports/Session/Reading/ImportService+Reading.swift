package import Catalog
package import Domain
import Foundation
import ObjectStore

extension ImportService {
    /// A session's state, files and counts.
    package func report(onSession id: String, for user: UserContext) async throws -> SessionReport {
        let session = try await session(id, for: user)
        let (files, pace, obstacles) = try await catalog.read { reader in
            (
                try reader.files(ofSession: id), try reader.pace(ofSession: id),
                try session.isRunning ? SessionObstacles(of: session, reader) : nil
            )
        }
        let now = Date.now
        let unchanged = pace?.unchangedSeconds(at: now) ?? 0
        let report = ObjectLayout.report(session: id, date: session.openedOn)
        let hasReport = try await store.size(report) != nil
        let expires = now.addingTimeInterval(TimeInterval(limits.urlSeconds))
        let progress = ImportProgress(of: session, stageSeconds: pace?.stageSeconds(at: now))
        return SessionReport(
            progress: progress.advanced(by: await hotState.stages(ofSession: id)),
            userId: session.userID, schemaVersion: session.schemaVersion,
            files: files.map { file in
                SessionReport.File(
                    fileName: file.fileName, entity: file.entity, fileSize: file.size, sha256: file.sha256,
                    archive: file.archive, counts: file.counts, reading: file.reading)
            },
            createdAt: session.createdAt, completedAt: session.completedAt, catalogVersion: session.appliedVersion,
            changedAt: pace?.changedAt.iso8601,
            stuck: session.isRunning && unchanged > TimeInterval(limits.stuckSeconds),
            waiting: obstacles.map { SessionWait(of: session, $0, limits) },
            tally: try await object(ObjectLayout.issueTally(session: id, date: session.openedOn), as: IssueTally.self),
            warnings: session.counts.warnings > 0
                ? try await object(
                    ObjectLayout.warnings(session: id, date: session.openedOn), as: [SessionReport.Warning].self) ?? []
                : [],
            reportUrl: hasReport ? signer.path(.get, report, expires: expires) : nil)
    }

    /// A page of sessions, newest first: the user's own, and everybody's for an administrator.
    /// - Parameters:
    ///   - stuck: only those that run and have stood still for too long.
    ///   - before: the `next` of the page before.
    ///   - limit: 1...200; what lies outside is brought inside.
    package func sessions(
        status: ImportStatus? = nil, stuck: Bool = false, before: SessionPlace? = nil, limit: Int,
        for user: UserContext
    ) async throws -> SessionPage {
        let now = Date.now
        let standing = now.addingTimeInterval(TimeInterval(-limits.stuckSeconds))
        let limit = min(max(limit, 1), SessionPage.mostSessions)
        let query = SessionQuery(
            userID: user.role == .admin ? nil : user.userId, status: status, unchangedSince: stuck ? standing : nil,
            before: before, limit: limit)
        return try await catalog.read { reader in
            let found = try reader.sessions(query)
            let entries = try found.map { timed in
                let isStuck = timed.session.isRunning && timed.pace.changedAt < standing
                let wait =
                    isStuck
                    ? SessionWait(of: timed.session, try SessionObstacles(of: timed.session, reader), limits) : nil
                return SessionPage.Entry(timed, waiting: wait, at: now)
            }
            return SessionPage(
                sessions: entries,
                next: found.count < limit
                    ? nil
                    : found.last.map { SessionPlace(createdAt: $0.session.createdAt, sessionID: $0.session.sessionID) })
        }
    }

    /// The issues of a session's records as its report has them, the first hundred of each code; nil before it was
    /// validated, and when its report was removed.
    package func issues(ofSession id: String, for user: UserContext) async throws -> SessionIssues? {
        let session = try await session(id, for: user)
        return try await object(ObjectLayout.issues(session: id, date: session.openedOn), as: SessionIssues.self)
    }

    /// What an object of the report's folder says; nil when there is none.
    private func object<Value: Decodable>(_ key: ObjectKey, as type: Value.Type) async throws -> Value? {
        do {
            return try JSONDecoder().decode(type, from: Data(try await store.get(key, limit: 16 << 20)))
        } catch let error as ObjectStoreError where error.code == .notFound {
            return nil
        }
    }
}

extension ImportSession {
    /// Whether something is to happen to it by itself.
    var isRunning: Bool {
        switch status {
        case .validating, .processing: true
        case .completed: !isFinished
        case .uploading, .validated, .failed, .cancelled, .rolledBack, .expired: false
        }
    }
}

extension ImportProgress {
    /// The same state with the finer progress of a running merge, which no event can tell: it is one transaction.
    func advanced(by hot: [ImportStage: Advance]) -> ImportProgress {
        guard let advance = hot[.merge], let told = stages.first(where: { $0.name == .merge }), told.done < told.total
        else { return self }
        let (done, total) = (min(advance.done, advance.total), max(advance.total, 1))
        let speed = finished ? nil : advance.perSecond
        return with(
            Stage(
                name: .merge, done: done, total: total, unit: "records", rows: done,
                rowsPerSecond: speed?.toTenths,
                secondsLeft: speed.flatMap { $0 > 0 ? (Double(total - done) / $0).toTenths : nil }))
    }
}
