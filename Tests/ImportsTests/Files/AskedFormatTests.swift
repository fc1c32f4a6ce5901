import Domain
import Foundation
import Jobs
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// A session asks where it would have to guess, and takes what it is told.
@Suite(.timeLimit(.minutes(1)))
struct AskedFormatTests {
    /// One byte that is ß in code page 437 and á in Latin-1, and a word with either.
    private static let unsure = Array("id,name,parent\nT1,Stra".utf8) + [0xE1] + Array("e,\n".utf8)

    /// Seen red with the confidence not looked at: it took the first of the two.
    @Test func `an encoding that cannot be told is asked for, with the flag that answers`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", bytes: Self.unsure), TestFile("territories2.csv", lines: "id,name,parent"),
            ])
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorCode == ErrorCode.invalidFileFormat.rawValue)
            let message = report.progress.errorMessage ?? ""
            for words in [
                "territories.csv: ", "Latin-1 (50 %)", "code page 437 (50 %)", "--encoding latin1", "--encoding cp437",
                "Nothing was imported",
            ] { #expect(message.contains(words), "\(message)") }
            #expect(try await house.issues(report.progress.sessionId).map(\.code) == [.fileUnsure])
            #expect(report.files.map(\.reading?.encoding) == ["latin1", "utf-8"])
            #expect(report.files.map(\.reading?.confidence) == [0.5, 1])
            #expect(try await house.rows(.territories).isEmpty)
        }
    }

    /// Seen red with what is stated left out of the survey.
    @Test(arguments: [("cp437", "Straße"), ("latin1", "Straáe"), ("Windows-1252", "Straáe")])
    func `a stated encoding is the answer`(_ encoding: String, name: String) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let format = FileFormat(encoding: encoding)
            let report = try await house.run([TestFile("territories.csv", bytes: Self.unsure, format: format)])
            #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
            #expect(report.files[0].reading?.encoding == encoding.lowercased())
            #expect(report.files[0].reading?.confidence == 1)
            #expect(try await house.cell(.territories, "T1", "territory_name") == .text(name))
        }
    }

    /// It would be sniffed otherwise with certainty. Seen red with what is stated left out of the survey.
    @Test func `what is stated is never second-guessed`() async throws {
        let bytes = Array("id,name,parent\nT1,Zürich,\n".utf8)
        try await StageHouse.with(TestSchema.shop()) { house in
            let latin = FileFormat(encoding: "latin1")
            _ = try await house.run([TestFile("territories.csv", bytes: bytes, format: latin)])
            #expect(try await house.cell(.territories, "T1", "territory_name") == .text("ZÃ¼rich"))
            let semicolon = FileFormat(delimiter: ";")
            let report = try await house.run([TestFile("territories.csv", bytes: bytes, format: semicolon)])
            #expect(report.progress.errorMessage?.contains("the file has: id,name,parent") == true)
        }
    }

    private static let dialects: [(String, FileFormat, String)] = [
        ("idxnamexparent\nT1xA,bx\nT2xcx\n", FileFormat(delimiter: "x"), "A,b"),
        ("id,name,parent\nT1,%A,b%,\nT2,c,\n", FileFormat(quote: "%"), "A,b"),
        ("id\u{2}name\u{2}parent\nT1\u{2}A,b\u{2}\n", FileFormat(delimiter: "0x02"), "A,b"),
        ("id\tname\tparent\nT1\t\"A,b\"\t\n", FileFormat(delimiter: "tab", quote: "'"), "\"A,b\""),
        ("\"id\",name,parent\nT1,'A,b',\n", FileFormat(delimiter: ",", quote: "'"), "needs the column id"),
    ]

    @Test(arguments: dialects.indices) func `a stated delimiter and quote divide the columns`(index: Int) async throws {
        let (text, format, name) = Self.dialects[index]
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", bytes: Array(text.utf8), format: format)
            ])
            if let message = report.progress.errorMessage {
                #expect(message.contains(name), "\(message)")
            } else {
                #expect(try await house.cell(.territories, "T1", "territory_name") == .text(name))
            }
        }
    }

    /// Seen red with dialects of no confidence taken.
    @Test(arguments: [
        ("idxnamexparent\nT1xax\n", "--delimiter CHARACTER"),
        ("x,y;z\na,b;c\nd,e;f\ng,h;i\n", "--delimiter ',' or --delimiter ';'"),
        ("x,y;z\na,b;c\nd,e;f\ng,h;i\n", "2 columns with commas"),
    ])
    func `a delimiter that cannot be told is asked for`(_ text: String, words: String) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([TestFile("territories.csv", text)])
            #expect(report.progress.status == .failed)
            #expect(report.progress.errorMessage?.contains(words) == true, "\(report.progress.errorMessage ?? "")")
            #expect(try await house.issues(report.progress.sessionId).map(\.code) == [.fileUnsure])
        }
    }

    /// The header names the schema's columns: then the records may be as ragged as they like. Seen red with its names not
    /// looked at.
    @Test func `ragged records under a known header are refused one by one`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run([
                TestFile("territories.csv", "id,name,parent\nT1,a,\nT2\nT3;x\nT4,d,e,f\n;T5\nT6 b;c;d;e\n")
            ])
            #expect(report.files[0].counts == RecordCounts(read: 6, inserted: 1, refused: 5))
        }
    }

    @Test(arguments: [
        (FileFormat(encoding: "klingon"), "no encoding klingon is known"), (FileFormat(delimiter: "§"), "delimiter"),
        (FileFormat(delimiter: "\n"), "delimiter"), (FileFormat(quote: "ab"), "quote"),
        (FileFormat(delimiter: "'", quote: "'"), "have to differ"),
    ])
    func `a format that is none is refused when the session is opened`(_ format: FileFormat, words: String) throws {
        let schema = try TestSchema.shop()
        do throws(RequestError) {
            _ = try SessionFiles.entities(
                of: [DeclaredFile(name: "outlets.csv", size: 1, format: format)], in: schema, limits: ImportLimits())
            Issue.record("taken")
        } catch {
            #expect(error.message.contains("outlets.csv: ") && error.message.contains(words), "\(error.message)")
        }
    }

    /// Seen red with the format left out of the content key.
    @Test func `the same file read otherwise is another import`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            for (encoding, name) in [("latin1", "Straáe"), ("cp437", "Straße")] {
                let file = TestFile("territories.csv", bytes: Self.unsure, format: FileFormat(encoding: encoding))
                let report = try await house.run([file], again: false)
                try await house.endSnapshots(ofSession: report.progress.sessionId)
                #expect(try await house.cell(.territories, "T1", "territory_name") == .text(name))
            }
        }
    }

    /// Killed after the file was sealed and before its findings were kept. Seen red with the text not written again.
    @Test func `a survey that was cut short writes the text again`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let file = TestFile("territories.csv", bytes: Self.unsure, format: FileFormat(encoding: "cp437"))
            let id = try await house.open([file])
            _ = try await house.imports.process(session: id, by: house.producer)
            let request = try #require(try await house.nextJob()?.request)
            try await house.perform(request)
            let sealed = ObjectLayout.sealedFile(session: id, file: 0)
            let text = ObjectLayout.fileText(session: id, file: 0)
            let before = try await house.store.get(text, limit: 1 << 10)
            try await house.store.delete(text)
            try await house.work()
            #expect(try await house.report(id).progress.status == .completed)
            #expect(try await house.store.get(text, limit: 1 << 10) == before)
            #expect(try await house.store.get(sealed, limit: 1 << 10) == Self.unsure)
        }
    }
}
