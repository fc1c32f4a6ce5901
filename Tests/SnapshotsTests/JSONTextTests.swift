import Domain
import Foundation
import TestSupport
import Testing

@testable import Snapshots

/// Whatever the catalog holds, what is written is JSON and reads back as it was.
struct JSONTextTests {
    /// Seen red with the escapes of `string` left out in turn.
    @Test(arguments: [
        "", "plain", "\"", "\\", "\\\"", "a\"b\\c", "\0", "\u{1}\u{1F}", "\n\r\t\u{8}\u{C}", "\u{7F}",
        "\u{2028}\u{2029}",
        "a\u{FEFF}", "\u{FFFF}", "</script>", "ร้านค้า", "👩‍👩‍👧", "e\u{301}", "\u{202E}abc", #"\u0000"#, "{}[],:",
    ])
    func `hostile text reads back as it was, as a name and as a value`(_ text: String) throws {
        let members = try object(written(named: text) { $0.string(text) })
        #expect(members.count == 1)
        #expect(members.keys.first.map { Array($0.utf8) } == Array(text.utf8))
        #expect((members.values.first as? String).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func `any text at all reads back as it was`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("JSONTextTests seed \(seed)")
        var generator = SeededGenerator(state: seed)
        for _ in 0..<2000 {
            let text = Self.text(&generator)
            let members = try object(written(named: "a") { $0.value(.text(text), as: .text) })
            #expect((members["a"] as? String).map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test(arguments: [
        (0.0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (1e14, "100000000000000"),
        (1e15, "1000000000000000.0"), (1e16, "1e+16"),
        (-1e300, "-1e+300"), (5e-324, "5e-324"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
    ])
    func `a number is written short, and one that JSON lacks is null`(_ number: Double, _ wanted: String) throws {
        let bytes = written(named: "a") { $0.value(.real(number), as: .real) }
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"a\":\(wanted)}")
        if number.isFinite { #expect(try object(bytes)["a"] as? Double == number) }
    }

    @Test(arguments: [
        (FieldValue.null, Column.Kind.text, "null"), (.null, .json, "null"), (.null, .boolean, "null"),
        (.integer(1), .boolean, "true"), (.integer(0), .boolean, "false"), (.integer(2), .boolean, "true"),
        (.integer(.min), .real, "-9223372036854775808"), (.text("2026-11-24"), .date, #""2026-11-24""#),
        (.text(#"{"a": [1, 2.50]}"#), .json, #"{"a": [1, 2.50]}"#), (.text("true"), .json, "true"),
        (.text(#"{"a": 1}"#), .text, #""{\"a\": 1}""#), (.text("broken {"), .json, #""broken {""#),
        (.text("\u{FEFF}{}"), .json, "\"\u{FEFF}{}\""),
    ])
    func `a cell is written as its column's kind`(_ cell: FieldValue, _ kind: Column.Kind, _ wanted: String) throws {
        let bytes = written(named: "a") { $0.value(cell, as: kind) }
        #expect(String(decoding: bytes, as: UTF8.self) == "{\"a\":\(wanted)}")
        _ = try object(bytes)
    }

    @Test func `commas stand between members, and nowhere else`() {
        var json = JSONText()
        json.object { json in
            json.key("a")
            json.array { json in
                json.array { _ in }
                json.object { _ in }
                json.integer(1)
                json.raw(Array("[2]".utf8))
            }
            json.key("b")
            json.object { json in
                json.key("c")
                json.string("d")
            }
            json.key("e")
            json.number(2)
        }
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":[[],{},1,[2]],"b":{"c":"d"},"e":2}"#)
    }

    /// An object of one member.
    private func written(named name: String, _ value: (inout JSONText) -> Void) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.key(name)
            value(&json)
        }
        return json.bytes
    }

    /// Up to a dozen scalars: any below 0x30, where JSON's own signs lie, as often as all others together.
    private static func text(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...12, using: &generator)).reduce(into: "") { text, _ in
            let limit: UInt32 = Bool.random(using: &generator) ? 0x30 : 0x11_0000
            // Foundation's reader drops a byte order mark at a string's beginning: none here.
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator)), scalar != "\u{FEFF}" {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
