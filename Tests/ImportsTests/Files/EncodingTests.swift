import Domain
import ObjectStore
import Testing

@testable import Imports

/// Files in other encodings than UTF-8, through the real stages: their letters, their line numbers, their report.
@Suite(.timeLimit(.minutes(2)))
struct EncodingTests {
    /// How a text becomes a file.
    struct Writing: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the session tells.
        let word: String
        let bytes: @Sendable (String) -> [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ word: String, _ bytes: @escaping @Sendable (String) -> [UInt8]) {
            self.name = name
            self.word = word
            self.bytes = bytes
        }
    }

    private static func littleEndian(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private static func bigEndian(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    private static func page(_ beyondASCII: [Character: UInt8]) -> @Sendable (String) -> [UInt8] {
        { text in text.flatMap { beyondASCII[$0].map { [$0] } ?? Array($0.utf8) } }
    }

    private static let writings = [
        Writing("UTF-8", "utf-8") { Array($0.utf8) },
        Writing("UTF-8 with a mark", "utf-8") { [0xEF, 0xBB, 0xBF] + Array($0.utf8) },
        Writing("UTF-16LE with a mark", "utf-16le") { [0xFF, 0xFE] + littleEndian($0) },
        Writing("UTF-16BE with a mark", "utf-16be") { [0xFE, 0xFF] + bigEndian($0) },
        Writing("UTF-16LE", "utf-16le", littleEndian), Writing("UTF-16BE", "utf-16be", bigEndian),
        Writing("Latin-1", "latin1", page(["ü": 0xFC, "è": 0xE8, "é": 0xE9, "’": UInt8(ascii: "'")])),
        Writing("Windows-1252", "windows-1252", page(["ü": 0xFC, "è": 0xE8, "é": 0xE9, "’": 0x92])),
        Writing("code page 437", "cp437", page(["ü": 0x81, "è": 0x8A, "é": 0x82, "’": UInt8(ascii: "'")])),
    ]

    private static let body = "id,name,parent\nT1,Zürich’s café,\nT2,\"two\nlines\",\nT3,Genève,T9\n"

    /// Seen red with chunks read from the file instead of its text.
    @Test(arguments: writings, ["\n", "\r\n", "\r"])
    func `letters, lines and the report are those of the file`(_ writing: Writing, lineEnd: String) async throws {
        let bytes = writing.bytes(Self.body.replacing("\n", with: lineEnd))
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", bytes: bytes)])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files[0].counts == RecordCounts(read: 3, inserted: 2, refused: 1))
            #expect(report.files[0].reading?.encoding == writing.word)
            #expect(report.files[0].reading?.confidence ?? 0 > 0.5)
            let rows = try await house.rows(.territories)
            let quote = ["latin1", "cp437"].contains(writing.word) ? "'" : "’"
            #expect(rows["T1"]?["territory_name"] == .text("Zürich\(quote)s café"))
            #expect(rows["T2"]?["territory_name"] == .text("two\(lineEnd)lines"))
            let id = report.progress.sessionId
            #expect(
                try await house.issues(id).map(\.description) == [
                    "territories.csv:5 parent_id=T9 ROW_REFERENCE_UNKNOWN"
                ])
            #expect(String(decoding: try await house.reportBytes(id), as: UTF8.self).contains("T3,Genève,T9\n"))
            // What came is what is kept.
            let kept = try await house.store.get(ObjectLayout.sealedFile(session: id, file: 0), limit: 1 << 20)
            #expect(kept == bytes)
            let text = try await house.store.size(ObjectLayout.fileText(session: id, file: 0))
            #expect((text == nil) == (writing.word == "utf-8"), "plain UTF-8 is not copied")
        }
    }

    /// The file's beginning, of a mebibyte, is ASCII. Seen red without the look at the rest.
    @Test(arguments: [([UInt8(0xFC)], "latin1"), ([0x81], "cp437"), ([0xC3, 0xBC], "utf-8")])
    func `a letter that comes late tells the encoding too`(_ letter: [UInt8], encoding: String) async throws {
        let filler = "," + String(repeating: "x", count: 20_000)
        let first = "id,name,parent,note\n" + (1...60).map { "T\($0),Territory,\(filler)\n" }.joined()
        let bytes = Array(first.utf8) + Array("T99,Z".utf8) + letter + Array("rich,,\n".utf8)
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", bytes: bytes)])
            #expect(report.files[0].counts == RecordCounts(read: 61, inserted: 61))
            #expect(report.files[0].reading?.encoding == encoding)
            #expect(try await house.cell(.territories, "T99", "territory_name") == .text("Zürich"))
        }
    }

    /// A title above the header, and Excel's word on the delimiter. Seen red with the preamble taken for the header.
    @Test(arguments: [
        ("Our territories\n\nid,name,parent\nT1,Zürich,\nT2,Genève,T9\n", 3),
        ("sep=;\nid;name;parent\nT1;Zürich;\nT2;Genève;T9\n", 2),
    ])
    func `lines above the table are no records and count as lines`(_ text: String, header: Int) async throws {
        for bytes in [Array(text.utf8), Self.littleEndian("\u{FEFF}" + text)] {
            try await StageHouse.with(TestSchema.shop()) { house in
                let report = try await house.run([TestFile("territories.csv", bytes: bytes)])
                #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
                #expect(report.files[0].reading?.headerLine == header)
                #expect(try await house.issues(report.progress.sessionId).map(\.line) == [header + 2])
            }
        }
    }
}
