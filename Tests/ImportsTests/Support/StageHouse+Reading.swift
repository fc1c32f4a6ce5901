import Catalog
import Domain
import Foundation
import ObjectStore
import Tabular

@testable import Imports

/// A file to upload.
struct TestFile: Sendable {
    let name: String
    let bytes: [UInt8]
    /// What the producer says of how to read it.
    var format: FileFormat?

    init(_ name: String, _ text: String) { self.init(name, bytes: Array(text.utf8)) }

    init(_ name: String, bytes: [UInt8], format: FileFormat? = nil) {
        self.name = name
        self.bytes = bytes
        self.format = format
    }

    /// A file of these lines, each ended by a line feed.
    init(_ name: String, lines: String...) { self.init(name, lines.map { $0 + "\n" }.joined()) }
}

/// One line of an error report.
struct ReportLine: Equatable, CustomStringConvertible {
    var file: String
    var line: Int
    var record: String
    var column: String
    var value: String
    var severity: String
    var code: IssueCode?
    var message: String

    /// File, line, column, value and code: what a test of input order compares.
    var description: String { "\(file):\(line) \(column)=\(value) \(code?.rawValue ?? "?")" }
}

extension StageHouse {
    /// What the status route tells of a session.
    func report(_ id: String) async throws -> SessionReport {
        try await imports.report(onSession: id, for: producer)
    }

    /// A session's row.
    func session(_ id: String) async throws -> ImportSession? {
        try await catalog.read { try $0.session(id) }
    }

    /// A session's error report as it is downloaded.
    func reportBytes(_ id: String) async throws -> [UInt8] {
        let date = try await session(id)?.openedOn ?? ""
        return try await store.get(ObjectLayout.report(session: id, date: date), limit: 1 << 24)
    }

    /// The lines of a session's error report below its header.
    func issues(_ id: String) async throws -> [ReportLine] {
        var reader = CSVReader(try await reportBytes(id))
        _ = reader.next()
        var lines: [ReportLine] = []
        while reader.next() {
            let cells = (0..<reader.fieldCount).map { reader.fieldString($0) }
            guard cells.count >= ReportFormat.columns.count else { throw StagedDataError() }
            lines.append(
                ReportLine(
                    file: cells[0], line: Int(cells[1]) ?? -1, record: cells[2], column: cells[3], value: cells[4],
                    severity: cells[5], code: IssueCode(rawValue: cells[6]), message: cells[7]))
        }
        return lines
    }

    /// All rows of a table by key, each by column name.
    func rows(_ table: EntityTable) async throws -> [String: [String: FieldValue]] {
        try await catalog.read { reader in
            let names = table.columns.map(\.name)
            var rows: [String: [String: FieldValue]] = [:]
            try reader.forEachRow(.all(table)) { cells in
                rows[cells[0].text ?? ""] = Dictionary(uniqueKeysWithValues: zip(names, cells))
            }
            return rows
        }
    }

    /// A row's cell.
    func cell(_ table: EntityTable, _ key: String, _ column: String) async throws -> FieldValue? {
        try await rows(table)[key]?[column]
    }
}

extension RecordCounts {
    /// Whether every record that was read is accounted for.
    var isBalanced: Bool { read == inserted + updated + unchanged + refused }
}
