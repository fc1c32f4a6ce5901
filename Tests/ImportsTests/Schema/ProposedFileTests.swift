import Domain
import Foundation
import Tabular
import TabularFixtures
import TestSupport
import Testing

@testable import Imports

/// Schemas proposed for files as they lie on a disk, packed or not.
struct ProposedFileTests {
    private static let text = """
        Store Number,storeName,Street,LAT,Long,Trade Type
        17,Joe's,1 Main St,41.5,-93.6,General Trade
        18,Ann's,2 Main St,41.6,-93.7,Modern Trade

        """

    private static func proposal(
        _ name: String, _ bytes: [UInt8], format: FileFormat? = nil, _ table: EntityTable? = nil
    ) async throws -> SchemaProposal {
        try await TestFolder.with { folder in
            let file = folder.appending(path: name)
            try Data(bytes).write(to: file)
            let proposal = try await SchemaProposal.forFile(at: file.path, format: format, table: table)
            #expect(SchemaCheck.faults(in: proposal.schema) == [])
            let entity = try #require(proposal.schema.entities.values.first)
            #expect(entity.files.contains { GlobPattern($0).takes(name) }, "\(entity.files)")
            return proposal
        }
    }

    private static func sources(_ proposal: SchemaProposal) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: proposal.columns.map { ($0.target, $0.sources) })
    }

    private static let packed: [(String, pattern: String, @Sendable () throws -> [UInt8])] = [
        ("outlets_2026.csv", "outlets_*.csv", { Array(text.utf8) }),
        ("outlets_2026.csv.gz", "outlets_*.csv", { try Gzip.compress(Array(text.utf8)) }),
        ("outlets_2026.zip", "outlets_*.csv", { try ZipBuilder([("some/file.csv", text)]).archive() }),
        ("outlets_2026.csv.zip", "outlets_*.csv", { try ZipBuilder([("some/file.csv", text)]).archive() }),
        ("outlets_2026.xlsx", "outlets_*.csv", { try workbook() }),
        (
            "outlets_2026.txt", "outlets_*.txt",
            { text.replacing(",", with: ";").utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
        ),
        ("titled.csv", "titled.csv", { Array(("Stores of Iowa\n\n" + text).utf8) }),
    ]

    private static func workbook() throws -> [UInt8] {
        let rows = text.split(separator: "\n").enumerated().map { number, line in
            let cells = zip("ABCDEF", line.split(separator: ",")).map { column, value in
                "<c r=\"\(column)\(number + 1)\" t=\"inlineStr\"><is><t>\(value)</t></is></c>"
            }
            return "<row r=\"\(number + 1)\">\(cells.joined())</row>"
        }
        return try WorkbookBuilder.archive(
            sheet: rows.joined(), sheets: "<sheet name=\"One\" sheetId=\"1\" r:id=\"rId1\"/>")
    }

    /// Seen red with the bytes of a packed file taken for its text.
    @Test(arguments: packed.indices) func `a file is looked into as imports take it`(index: Int) async throws {
        let (name, pattern, make) = Self.packed[index]
        let proposal = try await Self.proposal(name, make())
        #expect(proposal.schema.entities["outlets"]?.files == [pattern])
        #expect(proposal.schema.entities["outlets"]?.columns == nil)
        let sources = Self.sources(proposal)
        #expect(sources["outlet_id"] == ["Store Number"] && sources["outlet_name"] == ["storeName"])
        #expect(sources["latitude"] == ["LAT"] && sources["longitude"] == ["Long"])
    }

    /// Seen red with the first record taken for names.
    @Test func `a file without header is mapped by its values, and its columns are numbered`() async throws {
        let lines = (1...30).map { "\($0 % 3),A-\($0),Shop number \($0),4\($0 % 9).25,-9\($0 % 9).75\n" }
        let proposal = try await Self.proposal("shops.csv", Array(lines.joined().utf8))
        let entity = try #require(proposal.schema.entities["outlets"])
        #expect(entity.columns == ["column1", "column2", "column3", "column4", "column5"])
        let sources = Self.sources(proposal)
        #expect(sources["outlet_id"] == ["column2"] && sources["outlet_name"] == ["column3"])
        #expect(sources["latitude"] == ["column4"] && sources["longitude"] == ["column5"])
        #expect(proposal.columns.allSatisfy { $0.confidence < 0.5 }, "they are to be looked at")
    }

    @Test func `what is stated is believed, and what cannot be is said`() async throws {
        let odd = Array(Self.text.replacing(",", with: "~").utf8)
        let proposal = try await Self.proposal("a.csv", odd, format: FileFormat(delimiter: "~"))
        #expect(Self.sources(proposal)["latitude"] == ["LAT"])
        for (format, words) in [
            (FileFormat(delimiter: "two"), "delimiter"), (FileFormat(sheet: "One"), "no workbook"),
            (FileFormat(encoding: "klingon"), "klingon"),
        ] {
            let error = await #expect(throws: RequestError.self) {
                try await Self.proposal("a.csv", odd, format: format)
            }
            #expect(error?.message.contains(words) == true && error?.message.contains("a.csv") == true)
        }
    }

    @Test func `a broken archive is refused in words, a missing file by its path`() async throws {
        let cut = Array(try ZipBuilder([("a.csv", Self.text)]).archive().prefix(60))
        let error = await #expect(throws: RequestError.self) { try await Self.proposal("a.zip", cut) }
        #expect(error?.message.hasPrefix("a.zip: ") == true)
        await #expect(throws: CocoaError.self) {
            try await SchemaProposal.forFile(at: "/nowhere/a.csv", table: nil)
        }
    }
}
