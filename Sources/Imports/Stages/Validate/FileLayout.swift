import Domain
import Foundation
import ObjectStore
import Tabular

/// How a file divides into records and columns, as the schema stage found it.
struct FileLayout: Codable, Sendable {
    var dialect: CSVDialect
    var header: [String]
    /// Lines that no chunk holds: each is a record read and refused.
    var overlongLines: [OverlongLine]
    /// What is odd about the header and does not keep the file out.
    var warnings: [ImportIssue] = []
    /// Whether it is an error report that comes back, its own columns masked in `header`.
    var isReport = false
    /// Whether what its chunks refer to is the text that was made of it, and not the file itself.
    var isRewritten = false

    /// The columns of the records themselves.
    var recordColumns: [String] { Array(header.dropFirst(isReport ? ReportFormat.columns.count : 0)) }
}

extension ImportStages {
    /// Writes the layouts of a session's files, by file index.
    func save(_ layouts: [FileLayout], ofSession id: String) async throws {
        try await store.put(
            ObjectLayout.fileLayouts(session: id), Array(JSONEncoder.canonical.encode(layouts)))
    }

    /// Reads them back.
    func layouts(ofSession id: String) async throws -> [FileLayout] {
        let bytes = try await staged(ObjectLayout.fileLayouts(session: id))
        return try JSONDecoder().decode([FileLayout].self, from: Data(bytes))
    }
}
