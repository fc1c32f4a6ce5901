import Tabular
import TestSupport
import Testing

@Suite struct TextEncodingTests {
    @Test(
        arguments: [
            ([0x41, 0xC3, 0xA9], nil), ([0xC0, 0x80], 0), ([0x41, 0xE0, 0x80, 0x80], 1), ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x8F, 0xAA], nil), ([0xF0, 0x9F], 0), ([0x80], 0), ([0xFF], 0),
            ([0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x8C], 9), ([], nil),
        ] as [([UInt8], Int?)])
    func faults(bytes: [UInt8], expected: Int?) {
        #expect(UTF8Validation.firstFault(in: bytes) == expected)
    }

    @Test func agreesWithTheStandardLibrary() {
        var random = SeededGenerator.printed("utf8 agreesWithTheStandardLibrary")
        let bytes: [UInt8] = [0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xED, 0x9F, 0xEF, 0xF0, 0x90, 0xF4, 0x8F, 0xF5]
        for _ in 0..<5000 {
            let sample = (0..<Int.random(in: 0...10, using: &random)).map { _ in
                bytes[Int.random(in: bytes.indices, using: &random)]
            }
            let isValid = String(validating: sample, as: UTF8.self) != nil
            #expect((UTF8Validation.firstFault(in: sample) == nil) == isValid, "\(sample)")
        }
    }

    @Test(arguments: [UTF8Transcoder.Source.utf16LittleEndian, .utf16BigEndian], [1, 3, 1000])
    func utf16(source: UTF8Transcoder.Source, feedBytes: Int) {
        let text = "id,naïve,漢字,🏪\r\n"
        let bytes = text.utf16.flatMap { unit -> [UInt8] in
            let pair = [UInt8(unit & 255), UInt8(unit >> 8)]
            return source == .utf16LittleEndian ? pair : pair.reversed()
        }
        var transcoder = UTF8Transcoder(from: source)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: feedBytes) {
            output += transcoder.feed(Array(bytes[start..<min(bytes.count, start + feedBytes)]))
        }
        output += transcoder.finish()
        #expect(String(decoding: output, as: UTF8.self) == text)
    }

    @Test func halfPairsAreReplaced() {
        var transcoder = UTF8Transcoder(from: .utf16BigEndian)
        let output = transcoder.feed([0xD8, 0x3C, 0x00, 0x41, 0xDF, 0xEA, 0xD8, 0x3C]) + transcoder.finish()
        #expect(String(decoding: output, as: UTF8.self) == "\u{FFFD}A\u{FFFD}\u{FFFD}")
    }

    @Test func windows1252() {
        var transcoder = UTF8Transcoder(from: .windows1252)
        let output = transcoder.feed([0x63, 0xE9, 0x80, 0x93, 0x81]) + transcoder.finish()
        #expect(String(decoding: output, as: UTF8.self) == "cé€“\u{81}")
    }

    /// What Python's own codecs make of the same bytes.
    @Test func codePage437() {
        var transcoder = UTF8Transcoder(from: .codePage437)
        let output = transcoder.feed([0x4D, 0xA0, 0x6C, 0x82, 0xE1, 0xF8, 0xC4, 0xFF, 0x80]) + transcoder.finish()
        #expect(String(decoding: output, as: UTF8.self) == "Málé\u{DF}°─\u{A0}Ç")
    }

    @Test func everyByteOfEveryPageIsText() {
        for source in [UTF8Transcoder.Source.windows1252, .codePage437] {
            var transcoder = UTF8Transcoder(from: source)
            let text = String(decoding: transcoder.feed(Array(0...255)), as: UTF8.self)
            #expect(text.unicodeScalars.count == 256)
            #expect(Set(text.unicodeScalars).count == 256)
        }
    }
}
