import Crypto
import Domain
import Foundation
import ObjectStore
import Tabular

/// Takes the files out of a session's zip archives: each becomes a file of the session, in its archive's place and in the
/// order of its directory, as if it had been uploaded by itself. Running it again does the same.
struct ArchiveUnpacking {
    /// Why an archive is not unpacked.
    struct Refusal: Error {
        let file: ImportFile
        let message: String
    }

    /// An archive, and the files in it with their entities.
    private struct Archive {
        let file: ImportFile
        let bytes: StoredBytes
        var members: [(member: ZipMember, entity: String)] = []
    }

    let store: any ObjectStore
    let limits: ImportLimits
    let schema: ImportSchema

    /// The files that a session has once its archives are unpacked; nil when it has none of several files. A zip archive of one
    /// file whose entity is known by the archive's name is read as it is, without being unpacked first.
    /// - Throws: `Refusal`, what the store throws.
    func run(_ files: [ImportFile]) async throws -> [ImportFile]? {
        var archives: [Int: Archive] = [:]
        var count = files.count
        for (position, file) in files.enumerated() {
            guard let archive = try await archive(file, room: limits.maximumFiles - count + 1) else { continue }
            archives[position] = archive
            count += archive.members.count - 1
        }
        guard !archives.isEmpty else { return nil }
        var unpacked: [ImportFile] = []
        // Uploads have the numbers of the files that were declared: what comes out of archives has those behind them.
        var number = files.count
        for (position, file) in files.enumerated() {
            guard let archive = archives[position] else {
                unpacked.append(file.at(unpacked.count))
                continue
            }
            for (member, entity) in archive.members {
                var file = file.at(unpacked.count)
                file.entity = entity
                file.uploadNumber = number
                number += 1
                unpacked.append(try await unpack(member, of: archive, as: file))
            }
        }
        return unpacked
    }

    /// A file as an archive to be unpacked; nil when it is none. What was sealed or unpacked has been looked at.
    /// - Parameter room: for how many files the session has room.
    private func archive(_ file: ImportFile, room: Int) async throws -> Archive? {
        guard file.archive == nil, let upload = file.uploadedObject, try await store.size(upload) != nil else {
            return nil
        }
        let isUnsorted = file.entity == ImportFile.unsorted
        var archive = Archive(file: file, bytes: StoredBytes(upload, in: store))
        let directory = try await refusing(file) { () -> ZipDirectory? in
            guard ZipDirectory.isZip(try await archive.bytes.get(offset: 0, count: 4)) else { return nil }
            return try await FileSource.directory(
                ofArchive: archive.bytes, maximumBytes: Int(limits.maximumFileBytes))
        }
        guard let directory, !directory.isWorkbook else {
            guard isUnsorted else { return nil }
            throw Refusal(file: file, message: "it is no zip archive, and no entity takes a file of its name")
        }
        guard isUnsorted || directory.files.count > 1 else { return nil }
        guard !directory.files.isEmpty else { throw Refusal(file: file, message: "the zip archive holds no file") }
        guard directory.files.count <= room else {
            throw Refusal(
                file: file,
                message:
                    "it holds \(directory.files.count) files, and the session has room for \(room): a session takes at "
                    + "most \(limits.maximumFiles)")
        }
        var names: Set<String> = []
        for member in directory.files where !names.insert(member.name).inserted {
            throw Refusal(file: file, message: "it holds two files named \(member.name.prefix(200))")
        }
        archive.members = try await refusing(file) {
            try directory.files.map { member in
                let declared = DeclaredFile(name: member.lastName, size: Int64(member.byteCount))
                return (
                    member,
                    try SessionFiles.entity(
                        of: declared, path: member.name, from: file.entity, in: schema, limits: limits)
                )
            }
        }
        return archive
    }

    /// Writes a member where a file's upload lies.
    private func unpack(_ member: ZipMember, of archive: Archive, as place: ImportFile) async throws -> ImportFile {
        var file = place
        file.fileName = "\(archive.file.fileName)/\(member.name)"
        file.declaredSize = Int64(member.byteCount)
        file.size = file.declaredSize
        file.archive = ImportArchive(
            fileName: archive.file.fileName, fileSize: archive.file.size ?? 0, sha256: archive.file.sha256 ?? "")
        let arriving = ObjectLayout.upload(session: file.sessionID, file: file.uploadNumber)
        let writer = try await store.writer(arriving)
        do {
            file.sha256 = try await refusing(archive.file) {
                var digest = SHA256()
                _ = try await FileSource(member, of: archive.bytes).read { piece in
                    digest.update(data: piece)
                    try await writer.append(piece)
                    return true
                }
                return Hexadecimal.text(digest.finalize())
            }
        } catch {
            await writer.discard()
            throw error
        }
        try await writer.commit()
        if let object = file.uploadedObject { try await store.move(arriving, to: object) }
        return file
    }

    /// Names the archive in what is wrong with it.
    private func refusing<Value>(_ file: ImportFile, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as FileRefusal {
            throw Refusal(file: file, message: refusal.message)
        } catch let error as TabularError where error.code != .gzipUnavailable {
            throw Refusal(file: file, message: error.message)
        }
    }
}

extension ImportFile {
    /// The same file at another place among its session's.
    fileprivate func at(_ index: Int) -> ImportFile {
        var file = self
        file.index = index
        return file
    }
}
