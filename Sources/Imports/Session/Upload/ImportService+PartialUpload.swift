import Catalog
import Crypto
package import Domain
import Foundation
import ObjectStore

extension ImportService {
    private static let pieceBytes = 1 << 20

    /// Bytes that a file may have.
    package var maximumFileBytes: Int64 { limits.maximumFileBytes }

    /// Begins an upload in parts anew: what had arrived of the file in parts is dropped.
    /// - Parameter length: bytes of the file, as it was declared.
    /// - Returns: path and query to go on with.
    package func beginPartialUpload(
        session id: String, fileName: String, length: Int64, by user: UserContext
    ) async throws -> (path: String, upload: PartialUpload) {
        let file = try await file(named: fileName, ofSession: id, for: user)
        guard length == file.declaredSize else {
            throw RequestError(
                .invalidFileFormat,
                "\(file.fileName) was declared with \(file.declaredSize) bytes, not \(length): open a session with its true "
                    + "size.",
                status: length > file.declaredSize ? 413 : 400)
        }
        let part = ObjectLayout.partialUpload(session: id, file: file.index)
        try await store.delete(part)
        _ = try await store.append([], to: part, at: 0)
        let path = resumablePath(session: id, file: file.index)
        return (path, PartialUpload(offset: 0, length: length, expires: partsExpire))
    }

    /// How far an upload in parts is; what it says has arrived stays, whatever happens to this process or its machine.
    package func partialUpload(_ claim: PartialUploadClaim) async throws -> PartialUpload {
        try await standing(of: try await file(claim), claim)
    }

    /// Adds to an upload in parts what comes, as far as it comes. With its last byte the file is uploaded.
    /// - Throws: `RequestError`: 409 when it does not go on at `offset`, 413 when it is longer than the file.
    package func append(
        _ body: any AsyncSequence<[UInt8], any Error>, at offset: Int64, bytes: Int64?, to claim: PartialUploadClaim
    ) async throws -> PartialUpload {
        let file = try await file(claim)
        let upload = try await standing(of: file, claim)
        guard offset == upload.offset else { throw Self.elsewhere(file, upload.offset) }
        if let bytes, bytes > upload.length - offset { throw tooLong(file) }
        try await goOn(file)
        let part = ObjectLayout.partialUpload(session: file.sessionID, file: file.index)
        var end = offset
        do {
            for try await piece in body {
                guard end + Int64(piece.count) <= upload.length else { throw tooLong(file) }
                guard try await store.append(piece, to: part, at: end) else { throw Self.elsewhere(file, end) }
                end += Int64(piece.count)
            }
        } catch {
            // What came before the cut is kept: the next request asks for it.
            if end > offset { try await store.synchronize(part) }
            throw error
        }
        if end > offset { try await store.synchronize(part) }
        return try await standing(of: file, claim)
    }

    /// Gives an upload up: nothing is kept of the file.
    package func removePartialUpload(_ claim: PartialUploadClaim) async throws {
        let file = try await file(claim)
        try await store.delete(ObjectLayout.partialUpload(session: file.sessionID, file: file.index))
        for upload in try await moved(file) where upload.key != file.uploadedObject {
            try await store.delete(upload.key)
        }
        guard let uploaded = file.uploadedObject else { return }
        try await catalog.write { writer in
            guard let session = try writer.session(file.sessionID) else { return }
            try SessionStep.demandUploading(session)
            var file = file
            (file.size, file.sha256) = (nil, nil)
            try writer.save(file)
        }
        try await store.delete(uploaded)
    }

    /// Path and query to upload a file in parts.
    func resumablePath(session id: String, file: Int) -> String {
        let object = ObjectLayout.upload(session: id, file: file)
        return "/api/import/session/\(id)/upload/\(file)?" + signer.query(.patch, object, expires: partsExpire)
    }

    /// As long as the session waits for its files.
    private var partsExpire: Date { Date.now.addingTimeInterval(TimeInterval(limits.uploadHours * 3600)) }

    private func file(_ claim: PartialUploadClaim) async throws -> ImportFile {
        let object = ObjectLayout.upload(session: claim.sessionID, file: claim.file)
        try verify(.patch, object, expires: claim.expires, signature: claim.signature)
        return try await file(ofSession: claim.sessionID, uploadedTo: object)
    }

    /// How often what other requests move meanwhile is looked for.
    private static let looks = 3

    /// Where the file is whole, but the process ended before it could say so, it is kept now.
    private func standing(of file: ImportFile, _ claim: PartialUploadClaim) async throws -> PartialUpload {
        var looks = 1
        while true {
            do {
                return PartialUpload(
                    offset: try await arrived(of: file), length: file.declaredSize,
                    expires: Date(timeIntervalSince1970: TimeInterval(claim.expires)))
            } catch let error as ObjectStoreError where error.code == .notFound && looks < Self.looks {
                // Another request has just moved it: it lies elsewhere now.
                looks += 1
            }
        }
    }

    /// Bytes of the file that have arrived.
    private func arrived(of file: ImportFile) async throws -> Int64 {
        let part = ObjectLayout.partialUpload(session: file.sessionID, file: file.index)
        guard let size = try await store.size(part) else {
            // Read anew: it may just have been kept.
            let files = try await catalog.read { try $0.files(ofSession: file.sessionID) }
            if let size = files.first(where: { $0.index == file.index })?.size { return size }
            return try await keepMoved(file) ? file.declaredSize : 0
        }
        if size == file.declaredSize {
            try await keep(try await read(part, as: file), arrivedAs: part, isInParts: true)
        } else if size > 0 {
            try await store.synchronize(part)
        }
        return size
    }

    /// The process ended after the upload was moved to where it belongs, and before the catalog was told of it: it is told now.
    /// - Returns: whether there is such an upload.
    private func keepMoved(_ file: ImportFile) async throws -> Bool {
        for upload in try await moved(file) where upload.size == file.declaredSize {
            let uploaded = try await read(upload.key, as: file)
            guard uploaded.uploadedObject == upload.key else { continue }
            _ = try await save(uploaded)
            return true
        }
        return false
    }

    /// Whole uploads of the file, whether the catalog was told of them or not; the latest first.
    private func moved(_ file: ImportFile) async throws -> [ObjectEntry] {
        try await store.list(below: ObjectLayout.staging(session: file.sessionID))
            .filter { ObjectLayout.isUploaded($0.key, session: file.sessionID, file: file.uploadNumber) }
            .sorted { $0.modified > $1.modified }
    }

    /// The file with an object for its upload.
    private func read(_ object: ObjectKey, as file: ImportFile) async throws -> ImportFile {
        var digest = SHA256()
        var offset = 0
        while true {
            let piece = try await store.get(object, offset: offset, count: Self.pieceBytes)
            if piece.isEmpty { break }
            digest.update(data: piece)
            offset += piece.count
        }
        var uploaded = file
        uploaded.size = Int64(offset)
        uploaded.sha256 = Hexadecimal.text(digest.finalize())
        return uploaded
    }

    /// An upload that goes on keeps its session from standing still.
    private func goOn(_ file: ImportFile) async throws {
        try await catalog.write { writer in
            guard let session = try writer.session(file.sessionID) else { return }
            try SessionStep.demandUploading(session)
            try writer.save(session)
        }
    }

    private static func elsewhere(_ file: ImportFile, _ offset: Int64) -> RequestError {
        RequestError(
            .sessionConflict,
            "\(file.fileName) goes on at byte \(offset): ask for the offset (HEAD), and send what follows it.")
    }

    private func tooLong(_ file: ImportFile) -> RequestError {
        RequestError(
            .invalidFileFormat,
            "\(file.fileName) was declared with \(file.declaredSize) bytes and has more: open a session with its true size.",
            status: 413)
    }
}
