/// A file of a session.
package struct ImportFile: Sendable, Equatable {
    /// The entity of an archive whose name no entity takes, until its files are known.
    package static let unsorted = ""

    package var sessionID: String
    package var index: Int
    /// The producer's name for it: shown, matched against the schema's patterns, never made a path.
    package var fileName: String
    package var entity: String
    package var declaredSize: Int64
    /// What its producer says of how to read it; nil when nothing.
    package var format: FileFormat?
    /// How it was read; nil before that, and when it could not be.
    package var reading: FileReading?
    /// Bytes uploaded; nil until an upload has finished.
    package var size: Int64?
    /// SHA-256 of the upload, hexadecimal.
    package var sha256: String?
    package var counts: RecordCounts
    /// The number under which its upload lies: the file's index when the session was opened, and a new one for a file out of
    /// an archive.
    package var uploadNumber: Int
    /// The archive of several files that it came in; nil for one that came by itself.
    package var archive: ImportArchive?

    package init(
        sessionID: String, index: Int, fileName: String, entity: String, declaredSize: Int64,
        format: FileFormat? = nil
    ) {
        self.sessionID = sessionID
        self.index = index
        self.fileName = fileName
        self.entity = entity
        self.declaredSize = declaredSize
        self.format = format
        self.counts = RecordCounts()
        self.uploadNumber = index
    }
}

/// An archive as it was uploaded.
package struct ImportArchive: Sendable, Codable, Equatable {
    package var fileName: String
    /// Bytes.
    package var fileSize: Int64
    /// Hexadecimal.
    package var sha256: String

    package init(fileName: String, fileSize: Int64, sha256: String) {
        self.fileName = fileName
        self.fileSize = fileSize
        self.sha256 = sha256
    }
}
