import Domain
import Foundation
import ObjectStore
import Tabular
import TabularFixtures
import Testing

@testable import Imports

/// Zip archives of several files, through the real stages.
@Suite(.timeLimit(.minutes(1)))
struct ArchiveTests {
    private static let territories = "id,name,parent\nT1,One,\nT2,Two,\n"
    private static let distributors = "code,name,territory\nD1,First,T1\n"
    private static func outlets(_ rows: String...) -> String {
        ([TestFile.outletHeader] + rows).map { $0 + "\n" }.joined()
    }

    /// Files of all three entities, with what systems leave beside them. The hierarchy's file comes last.
    private static let july: [(String, String)] = [
        ("data/", ""), ("__MACOSX/data/._outlets.csv", "x"), ("data/.DS_Store", "y"),
        ("data/outlets.csv", outlets("o1,Shop,General Trade,T1,D1,1,2", "o2,Lost,General Trade,T9,D1,1,2")),
        ("data/distributors.csv", distributors), ("data/territories.csv", territories),
    ]

    private static func file(_ name: String, _ members: [(String, String)]) throws -> TestFile {
        TestFile(name, bytes: try ZipBuilder(members).archive())
    }

    @Test func `an archive's files are imported as if they had come by themselves`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let archive = try Self.file("july.zip", Self.july)
            let report = try await house.run([archive])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(
                report.files.map(\.fileName) == [
                    "july.zip/data/outlets.csv", "july.zip/data/distributors.csv", "july.zip/data/territories.csv",
                ])
            #expect(report.files.map(\.entity) == ["outlets", "distributors", "territories"])
            #expect(
                report.files.map(\.counts) == [
                    RecordCounts(read: 2, inserted: 1, refused: 1), RecordCounts(read: 1, inserted: 1),
                    RecordCounts(read: 2, inserted: 2),
                ])
            let id = report.progress.sessionId
            #expect(
                try await house.issues(id).map(\.description) == [
                    "july.zip/data/outlets.csv:3 territory_id=T9 ROW_REFERENCE_UNKNOWN"
                ])
            // What is kept of it: each file as it came out, and of which archive.
            for (index, text) in [Self.july[3].1, Self.distributors, Self.territories].enumerated() {
                let sealed = ObjectLayout.sealedFile(session: id, file: index)
                #expect(try await house.store.get(sealed, limit: 1 << 20) == Array(text.utf8))
            }
            let sent = try #require(report.files[0].archive)
            #expect(sent.fileName == "july.zip" && sent.fileSize == Int64(archive.bytes.count))
            #expect(report.files.allSatisfy { $0.archive == sent && $0.sha256 != sent.sha256 })
        }
    }

    /// Of two records with one key the last is taken: the archive's files stand where the archive stood.
    @Test func `an archive's files stand in its place among the others`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", Self.territories),
                try Self.file("night.zip", [("outlets-b.csv", Self.outlets("o1,Second,General Trade,T1,,1,2"))]),
                try Self.file(
                    "more.zip",
                    [
                        ("outlets-c.csv", Self.outlets("o2,Two,General Trade,T2,,1,2")),
                        ("outlets-d.csv", Self.outlets("o3,Three,General Trade,T2,,1,2")),
                    ]),
                TestFile("outlets-z.csv", Self.outlets("o4,Four,General Trade,T2,,1,2")),
            ])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(
                report.files.map(\.fileName) == [
                    "territories.csv", "night.zip/outlets-b.csv", "more.zip/outlets-c.csv", "more.zip/outlets-d.csv",
                    "outlets-z.csv",
                ])
            #expect(report.files.map(\.counts.inserted) == [2, 1, 1, 1, 1])
            for (outlet, name) in [("o1", "Second"), ("o2", "Two"), ("o3", "Three"), ("o4", "Four")] {
                #expect(try await house.cell(.outlets, outlet, "outlet_name") == .text(name))
            }
        }
    }

    @Test func `files whose names say nothing are of the entity that the archive's name says`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                try Self.file(
                    "territories.zip",
                    [("north.csv", "id,name,parent\nT1,One,\n"), ("distributors.csv", Self.distributors)])
            ])
            #expect(report.files.map(\.entity) == ["territories", "distributors"])
            #expect(report.files.map(\.counts.inserted) == [1, 1])
        }
    }

    @Test func `files in an archive may be packed themselves, and are read as its producer states`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            var builder = ZipBuilder()
            let rows = WorkbookBuilder.row(1, "id", "name", "parent") + WorkbookBuilder.row(2, "T3", "Basel", "")
            let sheets =
                "<sheet name=\"Other\" sheetId=\"2\" r:id=\"rId2\"/><sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/>"
            let latin = "id;name;parent\nT1;Z\u{FC}rich;\n".unicodeScalars.map { UInt8($0.value) }
            builder.members = [
                .init(name: Array("a/territories.csv.gz".utf8), bytes: try Gzip.compress(latin)),
                .init(name: Array("b/territories.csv".utf8), bytes: Array("id;name;parent\nT2;Bern;\n".utf8)),
                .init(
                    name: Array("territories.xlsx".utf8),
                    bytes: try WorkbookBuilder.archive(sheet: rows, sheets: sheets)),
            ]
            let format = FileFormat(encoding: "latin1", sheet: "One")
            let report = try await house.run([TestFile("all.zip", bytes: try builder.archive(), format: format)])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files.map(\.reading?.encoding) == ["latin1", "latin1", "utf-8"])
            #expect(report.files.map(\.reading?.container) == ["gzip", nil, "xlsx"])
            #expect(report.files[2].reading?.member == "One")
            #expect(try await house.cell(.territories, "T3", "territory_name") == .text("Basel"))
            #expect(try await house.cell(.territories, "T1", "territory_name") == .text("Zürich"))
            #expect(try await house.cell(.territories, "T2", "territory_name") == .text("Bern"))
        }
    }

    private static func nested() throws -> [UInt8] {
        var builder = ZipBuilder([("territories.csv", territories)])
        builder.members.append(
            .init(name: Array("outlets.zip".utf8), bytes: try ZipBuilder([("a", "x"), ("b", "y")]).archive()))
        return try builder.archive()
    }

    private static let refused: [(String, @Sendable () throws -> [UInt8], String)] = [
        (
            "july.zip", { try ZipBuilder([("territories.csv", territories), ("notes.txt", "x")]).archive() },
            "takes the file named notes.txt in it; it takes files named distributors*.csv, outlets*.csv, territories*.csv"
        ),
        ("july.zip", { try ZipBuilder([("empty/", "")]).archive() }, "holds no file"),
        ("july.zip", { Array(territories.utf8) }, "is no zip archive, and no entity takes a file of its name"),
        ("july.zip", { try ZipBuilder([("territories.csv", "")]).archive() }, "territories.csv is empty"),
        (
            "july.zip", { try ZipBuilder([("territories.csv", "x"), ("territories.csv", "y")]).archive() },
            "two files named territories.csv"
        ),
        (
            "july.zip", { try ZipBuilder((1...4).map { ("territories\($0).csv", territories) }).archive() },
            "it holds 4 files, and the session has room for 3: a session takes at most 3"
        ),
        ("july.zip", { try ZipBuilder([("territories.csv", territories)]).archive().dropLast(30) }, "damaged"),
        (
            "july.zip",
            { try ZipBuilder([(String(repeating: "a", count: 186) + "/territories.csv", territories)]).archive() },
            "is no name of 1 to 200 bytes, with its folders"
        ),
        (
            "july.zip", { try ZipBuilder([("a\u{2028}b/territories.csv", territories)]).archive() },
            "is no name of 1 to 200 bytes"
        ),
        (
            "july.zip",
            {
                var builder = ZipBuilder([("outlets.csv", outlets()), ("territories.csv", territories)])
                builder.members[1].statedChecksum = 1
                return try builder.archive()
            }, "\"territories.csv\" in the zip archive is damaged (its checksum does not match)"
        ),
        ("july.zip", nested, "outlets.zip: the zip archive holds 2 files (a, b) where one is wanted"),
    ]

    @Test(arguments: refused.indices) func `an archive that cannot be unpacked fails its session and says why`(
        index: Int
    ) async throws {
        let (name, make, words) = Self.refused[index]
        var limits = ImportLimits()
        limits.maximumFiles = 3
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let report = try await house.run([TestFile(name, bytes: try make())])
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorCode == ErrorCode.invalidFileFormat.rawValue)
            let message = report.progress.errorMessage ?? ""
            #expect(message.hasPrefix("july.zip") && message.contains(words), "\(message)")
            #expect(try await house.issues(report.progress.sessionId).map(\.code) == [.fileFormat])
            #expect(try await house.catalog.read { try $0.version() } == 0)
        }
    }

    /// A worker that died behind the unpacking, or behind the survey, left things that the next one finds.
    @Test func `unpacking twice gives what once gives`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([
                TestFile("territories.csv", Self.territories), try Self.file("july.zip", Array(Self.july.prefix(5))),
            ])
            _ = try await house.imports.process(session: id, by: house.producer)
            let job = try #require(try await house.nextJob())
            for _ in 0..<2 {
                let files = try await house.catalog.read { try $0.files(ofSession: id) }
                let schema = try TestSchema.shop()
                let unpacking = ArchiveUnpacking(store: house.store, limits: ImportLimits(), schema: schema)
                let unpacked = try await unpacking.run(files)
                #expect(unpacked?.map(\.fileName).count == 3)
            }
            try await house.perform(job.request)
            let files = try await house.catalog.read { try $0.files(ofSession: id) }
            #expect(files.map(\.index) == [0, 1, 2])
            let unpacking = ArchiveUnpacking(store: house.store, limits: ImportLimits(), schema: try TestSchema.shop())
            #expect(try await unpacking.run(files) == nil)
            try await house.work(times: 2)
            let report = try await house.report(id)
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files.map(\.counts.inserted) == [2, 1, 1])
        }
    }

    /// It is refused by the survey, in a run after a crash as in the first one.
    @Test func `an archive out of an archive is not unpacked in turn`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let id = try await house.open([TestFile("july.zip", bytes: try Self.nested())])
            let files = try await house.catalog.read { try $0.files(ofSession: id) }
            let unpacking = ArchiveUnpacking(store: house.store, limits: ImportLimits(), schema: try TestSchema.shop())
            let unpacked = try #require(try await unpacking.run(files))
            #expect(unpacked.map(\.fileName) == ["july.zip/territories.csv", "july.zip/outlets.zip"])
            #expect(try await unpacking.run(unpacked) == nil)
        }
    }

    /// The records of the other files stand in it too.
    @Test func `a corrected report of an archive is imported`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([
                try Self.file(
                    "outlets.zip",
                    [
                        ("a/territories.csv", "id,name,parent\nT1,One,\nT2,Two,T8\n"),
                        ("a/outlets.csv", Self.outlets("o1,Shop,General Trade,T7,,1,2")),
                        ("a/more.csv", Self.outlets("o2,Shop,General Trade,T6,,1,2")),
                    ])
            ])
            #expect(first.files.map(\.counts.refused) == [1, 1, 1])
            let report = String(decoding: try await house.reportBytes(first.progress.sessionId), as: UTF8.self)
            let fixed = report.replacing("T2,Two,T8", with: "T2,Two,").replacing(",T7,,", with: ",T1,,")
                .replacing(",T6,,", with: ",T1,,")
            let second = try await house.run([
                TestFile("territories-fixed.csv", fixed), TestFile("outlets-fixed.csv", fixed),
            ])
            #expect(second.progress.status == .completed, "\(second.progress.errorMessage ?? "")")
            #expect(
                second.files.map(\.counts) == [RecordCounts(read: 1, inserted: 1), RecordCounts(read: 2, inserted: 2)])
        }
    }

    /// What one file may unpack to is shared, by the sizes of what is packed.
    @Test func `bombs in an archive share one bound`() async throws {
        var limits = ImportLimits()
        limits.maximumFileBytes = 1 << 20
        limits.leastTextBytes = 1 << 16
        let bomb = try Gzip.compress(Array(("id,name,parent\n" + String(repeating: "\n", count: 600_000)).utf8))
        for (count, isRefused) in [(1, false), (2, true)] {
            try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
                var builder = ZipBuilder()
                builder.members = (1...count).map {
                    .init(name: Array("territories\($0).csv.gz".utf8), bytes: bomb, isDeflated: false)
                }
                let report = try await house.run([TestFile("all.zip", bytes: try builder.archive())])
                let message = report.progress.errorMessage ?? ""
                #expect(message.contains("to more than 524288 bytes") == isRefused, "\(message)")
            }
        }
    }

    @Test func `the same archive is imported once, and the audit names it`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let archive = try Self.file("july.zip", Self.july)
            let first = try await house.run([archive])
            let second = try await house.run([archive], again: false)
            #expect(second.progress.sameAs == first.progress.sessionId)
            let session = try #require(try await house.session(first.progress.sessionId))
            let files = try await house.catalog.read { try $0.files(ofSession: session.sessionID) }
            let entry = ImportAuditEntry(of: session, files: files, at: "2026-01-01T00:00:00Z")
            #expect(entry?.files.compactMap(\.archive?.fileName) == ["july.zip", "july.zip", "july.zip"])
        }
    }
}
