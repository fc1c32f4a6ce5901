import TestSupport
import Testing

@testable import Tabular

@Suite struct EncodingDetectorTests {
    static func finding(_ bytes: [UInt8], isComplete: Bool = true) -> EncodingFinding {
        var detector = EncodingDetector()
        detector.feed(bytes)
        return detector.finding(isComplete: isComplete)
    }

    /// The text in the code page; every character must be of it.
    static func encoded(_ text: String, _ page: CodePage) -> [UInt8] {
        text.unicodeScalars.map { scalar in
            scalar.isASCII ? UInt8(scalar.value) : UInt8(0x80 + (page.scalars.firstIndex(of: scalar) ?? 0))
        }
    }

    static let westernTexts = [
        "id,name\n1,Café Zürich\n", "id,name\n1,Señor Frog\n2,Bäckerei Müller\n",
        "1,BÄCKEREI MÜLLER\n2,GROSSE STRASSE\n",
        "1,São João do Estoril\n2,Praça da República\n", "1,Ö\n2,Übersee Café\n3,Élysée\n", "1,45° North\n2,Malmö\n",
        "1,Über 50 Läden\n", "1,Piñata Niño\n",
    ]

    @Test(arguments: westernTexts)
    func tellsTheCodePages(text: String) {
        let windows = Self.finding(Self.encoded(text, .windows1252))
        #expect(windows.encoding == .latin1)
        #expect(windows.confidence > 0.75, "\(windows)")
        #expect(windows.runnerUp == .codePage437)
        let dos = Self.finding(Self.encoded(text, .codePage437))
        #expect(dos.encoding == .codePage437)
        #expect(dos.confidence > 0.75, "\(dos)")
        #expect(dos.runnerUp == .latin1 || dos.runnerUp == .windows1252)
    }

    @Test(arguments: [
        "1,Joe’s Bar\n2,“The Pub” – downtown\n", "1,Cœur de Ville\n2,Château d’Eau\n", "1,€ 5\n2,Café €\n",
    ])
    func tellsWindows1252FromLatin1(text: String) {
        let finding = Self.finding(Self.encoded(text, .windows1252))
        #expect(finding.encoding == .windows1252)
        #expect(finding.confidence > 0.7, "\(finding)")
    }

    /// The one byte beyond ASCII in each of the Texas files: no page makes sense of it, and the finding says so.
    @Test func aByteThatSaysNothingIsToldAsDoubt() {
        let finding = Self.finding(Array("\"MB1\",\"29".utf8) + [0x8C] + Array(" CHILL ZONE\"\r\n".utf8))
        #expect(finding.encoding == .codePage437)
        #expect(finding.confidence < 0.65)
        #expect(finding.runnerUp == .windows1252)
    }

    @Test func damagedUTF8IsStillUTF8() {
        let text = String(repeating: "1,漢字 café\n", count: 50)
        let finding = Self.finding(Array(text.utf8) + [0x8C, 0x0A])
        #expect(finding.encoding == .utf8)
        #expect(finding.malformedByteCount == 1)
        #expect(finding.confidence > 0.9 && finding.confidence < 1)
        let joined = Self.finding(Array("1,café\n2,Zürich\n".utf8) + Self.encoded("3,café\n4,Zürich\n", .windows1252))
        #expect(joined.confidence < 0.5)
        #expect(joined.runnerUp == .utf8)
    }

    @Test func utf16WithoutAMarkInAnyScript() {
        let texts = [
            "id,name\n1,Zürich\n", "id;名前;都市\n1;東京駅前店;東京\n2;大阪店;大阪\n",
            "id\tимя\n1\tМосква\n2\tПермь\n",
        ]
        for text in texts {
            for isLittle in [true, false] {
                let bytes = CSVSnifferTests.utf16(text, isLittle: isLittle)
                let finding = Self.finding(bytes)
                #expect(finding.encoding == (isLittle ? .utf16LittleEndian : .utf16BigEndian), "\(text)")
                #expect(finding.confidence > 0.7)
                #expect(Self.finding(bytes + [0x41]).confidence < finding.confidence)
            }
        }
        #expect(Self.finding([0, 0, 1, 2, 0, 0, 0, 5, 9, 0, 0, 7, 0, 0]).encoding == .binary)
    }

    @Test func howTheBytesAreCutDoesNotMatter() {
        var random = SeededGenerator.printed("howTheBytesAreCutDoesNotMatter")
        let pieces: [[UInt8]] = [
            Array("a,".utf8), Array("é".utf8), Array("漢".utf8), [0xE9], [0x82], [0, 0x41], [0xF0, 0x9F],
            [0xEF, 0xBB, 0xBF],
            Array("Abc 12\n".utf8), [0xFF, 0xFE], Array("long enough to be skipped".utf8),
        ]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...30, using: &random)).flatMap { _ in
                pieces.randomElement(using: &random) ?? []
            }
            var detector = EncodingDetector()
            var position = 0
            while position < bytes.count {
                let end = min(bytes.count, position + Int.random(in: 1...9, using: &random))
                detector.feed(Array(bytes[position..<end]))
                position = end
            }
            for isComplete in [true, false] {
                #expect(detector.finding(isComplete: isComplete) == Self.finding(bytes, isComplete: isComplete))
            }
        }
    }
}
