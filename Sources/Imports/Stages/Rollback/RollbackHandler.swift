import Catalog
import Domain
import Foundation
import Jobs

/// Takes an applied session back from the row history, in one catalog transaction, prepared beside the writers as a merge
/// is. A refusal changes nothing but what the session says.
struct RollbackHandler: JobHandler {
    /// How often others may change the session's rows meanwhile before the job is put off.
    private static let attempts = 3

    let stages: ImportStages

    func handle(_ job: Job<RollbackJob>) async throws -> Disposition {
        for attempt in 1... {
            guard let session = try await applied(job), let version = session.appliedVersion else { break }
            do {
                try await takeBack(version, of: session, job)
                break
            } catch let error as MergeOvertaken where attempt < Self.attempts {
                job.logger.notice("the rollback is prepared again", metadata: ["reason": "\(error)"])
            } catch let error as RollbackForbidden {
                try await refuse(job, "\(error).")
                break
            } catch let error as RowStillReferred {
                try await refuse(job, "\(error). Roll back what came later first.")
                break
            } catch let error as RowWouldReferToNothing {
                try await refuse(job, "\(error). Bring that back first.")
                break
            } catch let error as HierarchyWouldBreak {
                try await refuse(job, "\(error).")
                break
            } catch let error as HistoryForgotten {
                try await refuse(job, "\(error).")
                break
            }
        }
        return .done
    }

    func abandon(_ job: Job<RollbackJob>, because reason: String) async throws {
        try await stages.catalog.write { writer in
            try writer.note(
                job.payload.sessionID, "the rollback could not be finished: \(reason). Nothing was taken back.")
            try goOnGeocoding(writer, after: job)
        }
    }

    /// The session; nil when it has nothing to take back any more.
    private func applied(_ job: Job<RollbackJob>) async throws -> ImportSession? {
        let session = try await stages.catalog.read { try $0.session(job.payload.sessionID) }
        if let session, session.status == .completed, session.appliedVersion != nil { return session }
        _ = try await stages.catalog.write { try $0.markApplied(job.id) }
        return nil
    }

    private func takeBack(_ version: Int64, of session: ImportSession, _ job: Job<RollbackJob>) async throws {
        let date = String(Date.now.iso8601.prefix(10))
        let (prepared, back) = try await stages.catalog.prepareMerge { try $0.takeBack(version: version, date: date) }
        defer { prepared.discard() }
        if let later = back.firstChangedLater, !job.payload.isForced {
            return try await refuse(
                job,
                "\(back.changedLater) of its rows were changed later, the first of them \(later.table.rawValue) \(later.key) "
                    + "by \(later.sessionID). Roll that back first, or force it, which takes back what other imports "
                    + "changed in these rows too; what planners changed stays in any case.")
        }
        let payload = job.payload
        let rights = ImportRights(payload.caller ?? session.importer)
        try await stages.catalog.write(with: prepared) { writer in
            guard try writer.markApplied(job.id), var session = try writer.session(payload.sessionID),
                session.status == .completed
            else { return }
            if !rights.everywhere { try writer.demand(rights, of: payload.userID, over: back) }
            let change = MasterDataChange(
                version: try writer.beginChange(), date: date, sessionID: session.sessionID, origin: .rollback)
            try writer.apply(prepared, change: change)
            if let territories = back.deltas[.territories]?.changedKeys { try writer.demandHierarchy(of: territories) }
            let changed = try writer.changedTerritories(back.deltas)
            for territory in try writer.touch(territories: changed, version: change.version) {
                try writer.enqueueSnapshot(of: territory, version: change.version, for: session)
            }
            session.status = .rolledBack
            session.errorMessage =
                "rolled back by \(payload.userID): \(back.restored) rows have their former values, \(back.deleted) are "
                + "removed" + (back.kept > 0 ? ", \(back.kept) stay as planners changed them since" : "")
            try writer.save(session)
            try writer.tell(session)
        }
    }

    private func refuse(_ job: Job<RollbackJob>, _ reason: String) async throws {
        try await stages.catalog.write { writer in
            guard try writer.markApplied(job.id) else { return }
            try writer.note(job.payload.sessionID, "the rollback is refused: \(reason)")
            try goOnGeocoding(writer, after: job)
        }
    }

    /// Whoever asked for the rollback ended the session's geocoding; as its rows stay, it goes on.
    private func goOnGeocoding(_ writer: any CatalogWriter, after job: Job<RollbackJob>) throws {
        guard stages.asksForGeocoding, let session = try writer.session(job.payload.sessionID),
            session.status == .completed, let version = session.appliedVersion
        else { return }
        try writer.enqueue(
            GeocodeJob(sessionID: session.sessionID, version: version), "geocode-after-\(job.id)", of: session)
    }
}

/// The rows of a session, or their territories, were moved to where its importer may not change them.
private struct RollbackForbidden: Error, CustomStringConvertible {
    let userID: String
    let table: EntityTable
    let territory: String

    var description: String {
        "\(userID) lacks IMPORT_DATA where rows of \(table.rawValue) are now or would be again (territory \(territory)): "
            + "ask an administrator"
    }
}

/// A territory would no longer stand below a wider one.
private struct HierarchyWouldBreak: Error, CustomStringConvertible {
    let territory: String
    let fault: TerritoryHierarchy.Fault

    var description: String {
        fault.isOwn
            ? "territory \(territory) would stand below one of level \(fault.parentLevel.rawValue) again, being of level "
                + "\(fault.level.rawValue) itself"
            : "a territory of level \(fault.level.rawValue) stands below \(territory), which would be of level "
                + "\(fault.parentLevel.rawValue) again"
    }
}

extension CatalogWriter {
    /// - Throws: `HierarchyWouldBreak` where territories that were taken back do not fit those that others changed since.
    fileprivate func demandHierarchy(of territories: Set<String>) throws {
        let ids = territories.sorted()
        if let fault = try TerritoryHierarchy(of: self).faults(among: ids).first {
            throw HierarchyWouldBreak(territory: ids[fault.row], fault: fault)
        }
    }

    /// - Throws: `RollbackForbidden`.
    fileprivate func demand(_ rights: ImportRights, of userID: String, over back: TakeBack) throws {
        let hierarchy = try TerritoryHierarchy(of: self)
        for (table, delta) in back.deltas.sorted(by: { $0.key < $1.key }) {
            if let territory = rights.firstForbidden(delta, over: [hierarchy]) {
                throw RollbackForbidden(userID: userID, table: table, territory: territory)
            }
        }
    }

    /// Tells why a completed session was not rolled back.
    fileprivate func note(_ id: String, _ message: String) throws {
        guard var session = try session(id), session.status == .completed else { return }
        session.errorCode = ErrorCode.sessionConflict.rawValue
        session.errorMessage = message.cut(to: SessionStep.longestMessage)
        try save(session)
        try tell(session)
    }

    /// The territories that changes of these tables concern.
    func changedTerritories(_ deltas: some Collection<(key: EntityTable, value: TableDelta)>) throws -> Set<String> {
        var changed = deltas.reduce(into: Set<String>()) { $0.formUnion($1.value.changedTerritories) }
        for (table, delta) in deltas {
            changed.formUnion(try territories(referringTo: table, keys: delta.changedKeys, besides: changed))
        }
        return changed
    }
}
