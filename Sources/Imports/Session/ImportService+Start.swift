import Catalog
package import Domain
import Foundation
import ObjectStore

extension ImportService {
    /// Seals the files and has them validated; nothing is merged until `process` is asked for.
    package func validate(session id: String, by user: UserContext) async throws -> ImportProgress {
        try await start(id, by: user, process: false)
    }

    /// Has the files validated, unless they are, and merged. A second call starts nothing. A session whose files the user
    /// has imported before ends at once while that effect stands: the answer then says as `sameAs` which one it was.
    /// - Parameter again: imports them nevertheless.
    package func process(session id: String, by user: UserContext, again: Bool = false) async throws -> ImportProgress {
        try await start(id, by: user, process: true, again: again)
    }

    private func start(
        _ id: String, by user: UserContext, process: Bool, again: Bool = true
    ) async throws -> ImportProgress {
        try Self.demandImporter(user)
        let session = try await session(id, for: user)
        if session.status == .uploading {
            try await demandUploads(ofSession: id)
        }
        let earlier = try await again || !SessionStep.canBegin(session) ? nil : standingEffect(of: session, for: user)
        let started = try await catalog.write { writer -> ImportSession in
            guard var session = try writer.session(id) else { return session }
            if process { try SessionStep.demandSameRights(session, user) }
            if let earlier, SessionStep.canBegin(session), try writer.version() == earlier.seenAt,
                try !writer.isBeingRolledBack(earlier.session)
            {
                SessionStep.end(&session, sameAs: earlier.session, at: Date.now.iso8601)
                try writer.save(session)
                try writer.tell(session)
                return session
            }
            let step = try SessionStep.start(&session, process: process)
            if case .unchanged = step { return session }
            try OutboxBound(entries: limits.outboxEntries).demandRoom(writer)
            if case .validate = step {
                session.pinnedVersion = try writer.version()
                session.importer = user
                let files = try writer.files(ofSession: id)
                session.bytesTotal = files.reduce(0) { $0 + ($1.size ?? 0) }
                session.contentKey = try EarlierEffect.key(of: session, files)
            }
            try writer.save(session)
            try writer.enqueue(step, of: session)
            try writer.tell(session)
            return session
        }
        return ImportProgress(of: started)
    }

    /// The user's earlier session with the same files whose effect stands, and the version at which that was seen.
    private func standingEffect(
        of session: ImportSession, for user: UserContext
    ) async throws -> (session: ImportSession, seenAt: Int64)? {
        var session = session
        session.importer = session.importer ?? user
        return try await catalog.read { [session] reader in
            let files = try reader.files(ofSession: session.sessionID)
            let key = try session.contentKey ?? EarlierEffect.key(of: session, files)
            guard let earlier = try reader.mergedSession(of: session.userID, contentKey: key),
                let effect = try EarlierEffect(of: earlier, reader), effect.stands
            else { return nil }
            return (earlier, try reader.version())
        }
    }

    /// Every declared file is there, with the size that was uploaded.
    private func demandUploads(ofSession id: String) async throws {
        var missing: [String] = []
        for file in try await catalog.read({ try $0.files(ofSession: id) }) {
            guard let object = file.uploadedObject, try await store.size(object) == file.size else {
                missing.append(file.fileName)
                continue
            }
        }
        guard missing.isEmpty else {
            throw RequestError(
                .sessionConflict,
                "these files of session \(id) are not uploaded yet: \(missing.prefix(20).joined(separator: ", ")).")
        }
    }
}
