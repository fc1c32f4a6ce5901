import Catalog
package import Domain
import Foundation
import ObjectStore

extension ImportService {
    /// Seals the files and has them validated; nothing is merged until `process` is asked for.
    package func validate(session id: String, by user: UserContext) async throws -> ImportProgress {
        try await start(id, by: user, process: false)
    }

    /// Has the files validated, unless they are, and merged. A second call starts nothing.
    package func process(session id: String, by user: UserContext) async throws -> ImportProgress {
        try await start(id, by: user, process: true)
    }

    private func start(_ id: String, by user: UserContext, process: Bool) async throws -> ImportProgress {
        try Self.demandImporter(user)
        let session = try await session(id, for: user)
        if session.status == .uploading {
            try await demandUploads(ofSession: id)
        }
        let started = try await catalog.write { writer -> ImportSession in
            guard var session = try writer.session(id) else { return session }
            let step = try SessionStep.start(&session, process: process)
            if case .unchanged = step { return session }
            try OutboxBound(entries: limits.outboxEntries).demandRoom(writer)
            if case .validate = step {
                session.pinnedVersion = try writer.version()
                session.importer = user
                session.bytesTotal = try writer.files(ofSession: id).reduce(0) { $0 + ($1.size ?? 0) }
            }
            try writer.save(session)
            try writer.enqueue(step, of: session)
            try writer.tell(session)
            return session
        }
        return ImportProgress(of: started)
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
