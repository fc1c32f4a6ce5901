import Domain
import Foundation
import ObjectStore
import Tabular
import Testing

@testable import Imports

/// Files as people send them.
@Suite(.timeLimit(.minutes(1)))
struct FileFormatTests {
    private static let body = "id,name,parent\nT1,Zürich,\nT2,Genève,T1\n"
    private static let utf16 = body.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }

    private static let readable: [(String, [UInt8])] = [
        ("UTF-8", Array(body.utf8)),
        ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array(body.utf8)),
        ("UTF-16, little endian", [0xFF, 0xFE] + utf16),
        ("UTF-16, big endian", [0xFE, 0xFF] + body.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }),
        ("UTF-16 without a mark", utf16),
        ("Latin-1", body.unicodeScalars.map { UInt8($0.value) }),
        ("semicolons", Array(body.replacing(",", with: ";").utf8)),
        ("tabs", Array(body.replacing(",", with: "\t").utf8)),
        ("bars", Array(body.replacing(",", with: "|").utf8)),
        ("CR LF", Array(body.replacing("\n", with: "\r\n").utf8)),
        ("CR alone", Array(body.replacing("\n", with: "\r").utf8)),
        ("no last line end", Array(body.dropLast().utf8)),
        ("blank lines", Array(("\n\n" + body.replacing("\n", with: "\n\n")).utf8)),
        ("padded names", Array(body.replacing("id,name,parent", with: " id , name\t,parent").utf8)),
        ("quotes", Array(body.replacing("Zürich", with: "\"Zürich\"").utf8)),
        ("columns in another order", Array("parent,id,extra,name\n,T1,x,Zürich\nT1,T2,y,Genève\n".utf8)),
    ]

    /// Seen red with the byte order mark left in the first column's name.
    @Test(arguments: readable.indices) func `a table is read whatever its encoding and dialect`(index: Int) async throws
    {
        let (name, bytes) = Self.readable[index]
        let level: FieldMapping = try TestSchema.decoded(
            #"{"sourceField": "id", "targetField": "level", "transform": "LOOKUP", "lookupTable": "levels"}"#)
        let schema = try TestSchema.shop { schema in
            schema.lookupTables?["levels"] = LookupSource(entries: ["T1": "ZONE", "T2": "AREA"])
            schema.entities["territories"]?.fieldMappings.removeAll { $0.targetField == "level" }
            schema.entities["territories"]?.fieldMappings.append(level)
        }
        try await StageHouse.with(schema) { house in
            let report = try await house.run([TestFile("territories.csv", bytes: bytes)])
            #expect(report.progress.status == .completed, "\(name): \(report.progress.errorMessage ?? "")")
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 2), "\(name)")
            let rows = try await house.rows(.territories)
            #expect(rows["T1"]?["territory_name"] == .text("Zürich"), "\(name)")
            #expect(rows["T2"]?["territory_name"] == .text("Genève"), "\(name)")
            #expect(rows["T2"]?["parent_id"] == .text("T1"), "\(name)")
            #expect(report.files[0].fileSize == Int64(bytes.count))
        }
    }

    /// A territory with as many columns, most of them without a name.
    private static func wide(_ columns: Int) -> [UInt8] {
        let rest = String(repeating: ",", count: columns - 3) + "\n"
        return Array(("id,name,parent" + rest + "T1,One," + rest).utf8)
    }

    private static let refused: [([UInt8], ErrorCode, String)] = [
        (Array("%PDF-1.7\n%\u{E2}\n1 0 obj".utf8), .invalidFileFormat, "PDF"),
        ([0x50, 0x4B, 0x03, 0x04] + Array("xl/workbook.xml".utf8), .invalidFileFormat, "damaged"),
        (Array("{\"id\": 1}".utf8), .invalidFileFormat, "JSON"),
        (Array("<!DOCTYPE html><p>not found".utf8), .invalidFileFormat, "HTML"),
        ([0, 1, 2, 0, 5, 0, 0, 0, 3], .invalidFileFormat, "not text"),
        (Array("\n\r\n \n".utf8), .invalidFileFormat, "empty"),
        (Array("\u{FEFF}\n".utf8), .invalidFileFormat, "empty"),
        (Array("id,\"name\nT1,a\nT2,b\n".utf8), .invalidFileFormat, "never closed"),
        (wide(16_385), .invalidFileFormat, "16385 columns"),
        (Array("id,name\nT1,a\n".utf8), .schemaValidationFailed, "needs the column parent"),
        (Array("T1,a,\nT2,b,\n".utf8), .schemaValidationFailed, "needs the column id"),
        (Array("id,Name,parent\nT1,a,\n".utf8), .schemaValidationFailed, "needs the column name"),
    ]

    /// Seen red with the session's failure left out: it went on to validate a file without columns.
    @Test(arguments: refused.indices) func `a file that is no such table fails its session and says why`(
        index: Int
    ) async throws {
        let (bytes, code, words) = Self.refused[index]
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", lines: "id,name,parent", "T0,good,"),
                TestFile("territories2.csv", bytes: bytes),
            ])
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorCode == code.rawValue)
            let message = report.progress.errorMessage ?? ""
            #expect(message.contains("territories2.csv: ") && message.contains(words), "\(message)")
            let issues = try await house.issues(report.progress.sessionId)
            #expect(issues.contains { $0.file == "territories2.csv" && $0.message.contains(words) })
            #expect(try await house.rows(.territories).isEmpty)
            #expect(try await house.catalog.read { try $0.version() } == 0)
        }
    }

    @Test func `every file that cannot be read is in the report`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", "id\nT1\n"), TestFile("distributors.csv", "{\"a\": 1}"),
            ])
            #expect(
                try await house.issues(report.progress.sessionId).map(\.description) == [
                    "territories.csv:1 name= ERR_IMPORT_002", "territories.csv:1 parent= ERR_IMPORT_002",
                    "distributors.csv:1 = ERR_IMPORT_001",
                ])
            #expect(report.progress.errorMessage?.contains("and 2 more") == true)
        }
    }

    @Test func `a file of nothing but a header imports nothing and ends well`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", "id,name,parent")])
            #expect(report.progress.status == .completed)
            #expect(report.files[0].counts == RecordCounts())
        }
    }

    /// Fails with each name of the header kept whole.
    @Test func `of long names of columns a message shows the beginning`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let header = "id,name," + String(repeating: "x", count: 5000) + ",last"
            let report = try await house.run([TestFile("territories.csv", lines: header, "T1,One,,")])
            #expect(report.progress.status == .failed)
            let shown = "the file has: id, name, " + String(repeating: "x", count: 60) + ", last"
            let messages = try await house.issues(report.progress.sessionId).map(\.message)
            #expect(messages == ["entity territories needs the column parent; " + shown])
            #expect(report.progress.errorMessage?.contains(shown) == true)
        }
    }

    @Test func `a file may have as many columns as a spreadsheet`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", bytes: Self.wide(16_384))])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files[0].counts == RecordCounts(read: 1, inserted: 1))
        }
    }

    /// The report has the columns of all files.
    @Test func `files that have more columns together than a spreadsheet are refused`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", bytes: Self.wide(10_000)),
                TestFile("territories2.csv", bytes: Self.wide(10_000)),
            ])
            #expect(report.progress.status == .failed)
            let message = report.progress.errorMessage ?? ""
            // Both have the three that are named, and the first of those that are not.
            #expect(message.contains("territories2.csv: with this file the session has 19996 columns"), "\(message)")
            #expect(message.contains("several sessions"))
            #expect(try await house.issues(report.progress.sessionId).map(\.file) == ["territories2.csv"])
        }
    }

    @Test func `a stored file that is not what was uploaded is refused`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([.territories("T1")])
            let hash = try await house.catalog.read { try $0.files(ofSession: id)[0].sha256 }
            let object = ObjectLayout.uploaded(session: id, file: 0, sha256: try #require(hash))
            try await house.store.put(object, Array("id,name,parent\nT2,Territory T2,\n".utf8))
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work()
            let report = try await house.report(id)
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorMessage?.contains("upload it again") == true)
        }
    }

    /// Behind a byte order mark bytes are taken for UTF-8 even where they are not. Seen red: see `RecordShapeTests`.
    @Test func `stray bytes behind a byte order mark are a warning, and odd records are refused`() async throws {
        let bytes: [UInt8] =
            [0xEF, 0xBB, 0xBF] + Array("id,name,parent\nT1,Z".utf8) + [0xFC] + Array("rich,\n\"T2\"x,a,,".utf8) + [0xFF]
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", bytes: bytes)])
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1, warnings: 1))
            #expect(try await house.issues(report.progress.sessionId).map(\.code) == [.notUTF8, .columnCount])
        }
    }
}
