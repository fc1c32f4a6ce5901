import Crypto
package import Domain
import Foundation
package import ObjectStore

extension ImportService {
    /// Fresh URLs for one file of a session, as the first ones expire: for the whole file, and for its parts.
    package func uploadURLs(
        session id: String, fileName: String, by user: UserContext
    ) async throws -> (whole: String, parts: String) {
        let file = try await file(named: fileName, ofSession: id, for: user)
        let expires = Date.now.addingTimeInterval(TimeInterval(limits.urlSeconds))
        return (
            signer.path(.put, ObjectLayout.upload(session: id, file: file.index), expires: expires),
            resumablePath(session: id, file: file.index)
        )
    }

    /// A file of a session of the user's that still takes uploads.
    func file(named name: String, ofSession id: String, for user: UserContext) async throws -> ImportFile {
        let session = try await session(id, for: user)
        try SessionStep.demandUploading(session)
        let files = try await catalog.read { try $0.files(ofSession: id) }
        guard let file = files.first(where: { $0.fileName == name }) else {
            throw RequestError(status: 404, "session \(id) has no file \(name.prefix(200)).")
        }
        return file
    }

    /// Takes an upload to a signed URL. The bytes appear whole or not at all.
    /// - Parameter body: pieces of the file in order.
    package func receive(
        _ object: ObjectKey, expires: Int64, signature: String, body: any AsyncSequence<[UInt8], any Error>
    ) async throws -> UploadedFile {
        try verify(.put, object, expires: expires, signature: signature)
        let file = try await file(uploadedTo: object)
        let arriving = object.appending(UUID().uuidString)
        let writer = try await store.writer(arriving)
        do {
            let copy = try await copy(body, to: writer, of: file)
            try await writer.commit()
            try await keep(copy, arrivedAs: arriving, isInParts: false)
            return UploadedFile(fileName: copy.fileName, size: copy.size ?? 0, sha256: copy.sha256 ?? "")
        } catch {
            await writer.discard()
            throw error
        }
    }

    /// Writes the pieces as they come and refuses a file that is not as long as it was declared.
    private func copy(
        _ body: any AsyncSequence<[UInt8], any Error>, to writer: any ObjectWriter, of file: ImportFile
    ) async throws -> ImportFile {
        var digest = SHA256()
        var size: Int64 = 0
        for try await piece in body {
            size += Int64(piece.count)
            guard size <= limits.maximumFileBytes, size <= file.declaredSize else {
                throw RequestError(
                    .invalidFileFormat,
                    "\(file.fileName) was declared with \(file.declaredSize) bytes and has more: open a session "
                        + "with its true size (at most \(limits.maximumFileBytes)).",
                    status: 413)
            }
            digest.update(data: piece)
            try await writer.append(piece)
        }
        guard size == file.declaredSize else {
            throw RequestError(
                .invalidFileFormat,
                "\(file.fileName) was declared with \(file.declaredSize) bytes but \(size) arrived: upload it again.")
        }
        var uploaded = file
        uploaded.size = size
        uploaded.sha256 = Hexadecimal.text(digest.finalize())
        return uploaded
    }

    /// Checks a signed download URL.
    package func demandDownload(_ object: ObjectKey, expires: Int64, signature: String) throws {
        try verify(.get, object, expires: expires, signature: signature)
    }

    func verify(
        _ method: URLSigner.Method, _ object: ObjectKey, expires: Int64, signature: String
    ) throws {
        switch signer.verify(method, object, expires: expires, signature: signature, now: .now) {
        case .valid: return
        case .expired:
            throw RequestError(
                .sessionExpired,
                "this URL has expired: ask for a new one (POST /api/import/upload for an upload).")
        case .forged:
            throw RequestError(
                .insufficientPermissions,
                "this URL is not one that SRTO signed for this method and object: ask for it again.")
        }
    }

    private func file(uploadedTo object: ObjectKey) async throws -> ImportFile {
        let parts = object.components
        guard parts.count == 4, parts[0] == "imports" else {
            throw RequestError(status: 404, "uploads go to the URLs of an import session.")
        }
        return try await file(ofSession: parts[2], uploadedTo: object)
    }

    func file(ofSession id: String, uploadedTo object: ObjectKey) async throws -> ImportFile {
        let (session, files) = try await catalog.read { (try $0.session(id), try $0.files(ofSession: id)) }
        guard let session,
            let file = files.first(where: { ObjectLayout.upload(session: id, file: $0.index) == object })
        else { throw RequestError(status: 404, "there is no such import session or file.") }
        try SessionStep.demandUploading(session)
        return file
    }

    /// The upload counts only while the session still takes uploads. What a late one leaves, and what this one replaces,
    /// goes: nobody can make a session grow by uploading again.
    /// - Parameter isInParts: whether what arrived stays where the catalog cannot be told of it, so that it need not come
    ///   again.
    func keep(_ uploaded: ImportFile, arrivedAs arriving: ObjectKey, isInParts: Bool) async throws {
        guard let object = uploaded.uploadedObject else { return }
        do {
            try await store.move(arriving, to: object)
            let replaced = try await save(uploaded)
            if let former = replaced?.uploadedObject, former != object { try await store.delete(former) }
        } catch let refusal as RequestError {
            try await store.delete(arriving)
            throw refusal
        } catch {
            if !isInParts { try await store.delete(arriving) }
            try await takeBack(object, of: uploaded, to: isInParts ? arriving : nil)
            throw error
        }
    }

    /// Tells the catalog of an upload.
    /// - Returns: the file as it stood before; nil when its session is gone.
    func save(_ uploaded: ImportFile) async throws -> ImportFile? {
        try await catalog.write { catalog -> ImportFile? in
            guard let session = try catalog.session(uploaded.sessionID) else { return nil }
            try SessionStep.demandUploading(session)
            let replaced = try catalog.files(ofSession: uploaded.sessionID).first { $0.index == uploaded.index }
            try catalog.save(uploaded)
            // Uploading goes on: the session does not stand still.
            try catalog.save(session)
            return replaced
        }
    }

    /// Moves an upload that the catalog was not told of back to where it arrived, or removes it.
    private func takeBack(_ object: ObjectKey, of uploaded: ImportFile, to arriving: ObjectKey?) async throws {
        let files = try await catalog.read { try $0.files(ofSession: uploaded.sessionID) }
        // The same content may have been uploaded before, or the catalog have noted it and failed later.
        guard !files.contains(where: { $0.uploadedObject == object }) else { return }
        guard let arriving else { return try await store.delete(object) }
        if try await store.size(object) != nil { try await store.move(object, to: arriving) }
    }
}

extension ImportFile {
    /// Where its upload lies until it is sealed; nil before there is one.
    var uploadedObject: ObjectKey? {
        sha256.map { ObjectLayout.uploaded(session: sessionID, file: uploadNumber, sha256: $0) }
    }
}
