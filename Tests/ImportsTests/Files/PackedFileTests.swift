import Domain
import Foundation
import ObjectStore
import Tabular
import TabularFixtures
import Testing

@testable import Imports

/// Files packed with gzip or zip, through the real stages.
@Suite(.timeLimit(.minutes(1)))
struct PackedFileTests {
    private static let body = "id;name;parent\nT1;Z\u{FC}rich;\nT2;\"two\nlines\";\nT3;Gen\u{E8}ve;T9\n"
    private static let latin = body.unicodeScalars.map { UInt8($0.value) }

    /// What a person's archive holds beside the file.
    private static func zip(_ bytes: [UInt8], isDeflated: Bool) throws -> [UInt8] {
        var builder = ZipBuilder([("data/", ""), ("__MACOSX/._t.csv", "x"), ("data/.DS_Store", "y")])
        builder.members.append(
            ZipBuilder.Member(name: Array("data/t.csv".utf8), bytes: bytes, isDeflated: isDeflated))
        return try builder.archive()
    }

    private static let packed: [(String, container: String, member: String?, @Sendable () throws -> [UInt8])] = [
        ("territories.csv.gz", "gzip", nil, { try Gzip.compress(latin) }),
        // Two gzip members one after the other are one text.
        (
            "territories.csv.gz", "gzip", nil,
            { try Gzip.compress(Array(latin.prefix(30))) + Gzip.compress(Array(latin.dropFirst(30))) }
        ),
        ("territories.csv", "gzip", nil, { try Gzip.compress(Array(body.utf8)) }),
        ("territories.zip", "zip", "data/t.csv", { try zip(latin, isDeflated: true) }),
        ("territories.csv.zip", "zip", "data/t.csv", { try zip(Array(body.utf8), isDeflated: false) }),
    ]

    /// Seen red with chunks read from the file instead of its text, and with names taken as they are.
    @Test(arguments: packed.indices) func `a packed file is read like a bare one and kept as it came`(
        index: Int
    ) async throws {
        let (name, container, member, make) = Self.packed[index]
        let bytes = try make()
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile(name, bytes: bytes)])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files[0].counts == RecordCounts(read: 3, inserted: 2, refused: 1))
            #expect(report.files[0].reading?.container == container)
            #expect(report.files[0].reading?.member == member)
            #expect(report.files[0].reading?.delimiter == ";")
            #expect(try await house.cell(.territories, "T1", "territory_name") == .text("Zürich"))
            let id = report.progress.sessionId
            #expect(try await house.issues(id).map(\.description) == ["\(name):5 parent_id=T9 ROW_REFERENCE_UNKNOWN"])
            #expect(String(decoding: try await house.reportBytes(id), as: UTF8.self).contains("T3,Genève,T9\n"))
            let sealed = ObjectLayout.sealedFile(session: id, file: 0)
            #expect(try await house.store.get(sealed, limit: 1 << 20) == bytes)
        }
    }

    private static func corrupted(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[bytes.count - 6] ^= 0xFF
        return bytes
    }

    private static func lying(_ change: (inout ZipBuilder.Member) -> Void) throws -> [UInt8] {
        var builder = ZipBuilder([("t.csv", String(repeating: "id,name,parent\n", count: 9))])
        change(&builder.members[0])
        return try builder.archive()
    }

    private static let refused: [(@Sendable () throws -> [UInt8], String)] = [
        ({ try Gzip.compress(latin).dropLast(9) }, "ends early"),
        ({ corrupted(try Gzip.compress(latin)) }, "damaged"),
        ({ try Gzip.compress(Array("{\"a\": 1}".utf8)) }, "not CSV but JSON"),
        ({ try Gzip.compress(Gzip.compress(latin)) }, "not CSV but gzip"),
        ({ try ZipBuilder([("empty/", "")]).archive() }, "holds no file"),
        ({ try ZipBuilder([]).archive() }, "holds no file"),
        ({ try lying { $0.statedSize = 20 } }, "longer than the archive says"),
        ({ try lying { $0.statedChecksum = 1 } }, "checksum does not match"),
        ({ try lying { $0.flags = 1 } }, "protected by a password"),
    ]

    /// Seen red with the errors of the archives' readers passed on: the job was tried again and again.
    @Test(arguments: refused.indices) func `an archive that cannot be read fails its session and says why`(
        index: Int
    ) async throws {
        let (make, words) = Self.refused[index]
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.zip", bytes: try make())])
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorCode == ErrorCode.invalidFileFormat.rawValue)
            let message = report.progress.errorMessage ?? ""
            #expect(message.contains("territories.zip: ") && message.contains(words), "\(message)")
        }
    }

    /// Seen red with no bound on what a text unpacks to.
    @Test(arguments: [true, false]) func `a bomb is stopped at the bound`(isGzip: Bool) async throws {
        let text = "id,name,parent\n" + String(repeating: "\n", count: 5 << 20)
        let bytes = isGzip ? try Gzip.compress(Array(text.utf8)) : try ZipBuilder([("t.csv", text)]).archive()
        var limits = ImportLimits()
        limits.maximumFileBytes = 1 << 20
        try await StageHouse.with(TestSchema.shop(), limits: limits) { house in
            let report = try await house.run([TestFile("territories.zip", bytes: bytes)])
            let message = report.progress.errorMessage ?? ""
            #expect(message.contains("to more than 1048576 bytes; split"), "\(message)")
            let text = ObjectLayout.fileText(session: report.progress.sessionId, file: 0)
            #expect(try await house.store.size(text) == nil)
        }
    }

    /// Its name in the report is the archive's. Seen red with the name held against the pattern as it is.
    @Test func `a corrected report of a packed file can be imported`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run([TestFile("territories.csv.gz", bytes: try Gzip.compress(Self.latin))])
            let report = String(decoding: try await house.reportBytes(first.progress.sessionId), as: UTF8.self)
            let fixed = report.replacing("T3,Genève,T9", with: "T3,Genève,")
            let second = try await house.run([TestFile("territories-fixed.csv", fixed)])
            #expect(second.files[0].counts == RecordCounts(read: 1, inserted: 1))
        }
    }

    @Test(arguments: ["outlets.csv.gz", "outlets.zip", "outlets.csv.zip", "outlets.xlsx", "outlets.XLSM"])
    func `an entity takes its files packed`(name: String) throws {
        #expect(GlobPattern("outlets*.csv").takes(name))
        #expect(!GlobPattern("outlets*.tsv").takes(name))
        #expect(!GlobPattern("outlets*.csv").takes(name + ".txt"))
    }
}
