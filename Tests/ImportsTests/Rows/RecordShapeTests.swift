import Domain
import Testing

@testable import Imports

/// Records whose bytes or fields are not what the header promised.
@Suite struct RecordShapeTests {
    private static let mappings = """
        [{"sourceField": "id", "targetField": "outlet_id"}, {"sourceField": "name", "targetField": "outlet_name"}]
        """

    @Test func `a record with too few or too many fields is refused whole`() throws {
        let file = try MappedFile("id,name\n1\n1,a,b\n1,a\n", mappings: Self.mappings)
        #expect(file.codes == [[.columnCount], [.columnCount], []])
        #expect(file.records.map { $0.issues.first?.value } == ["1", "3", nil])
        #expect(file.records[0].values.allSatisfy { $0.isNull })
    }

    @Test func `a quotation mark that is never closed refuses its record and no other`() throws {
        let file = try MappedFile("id,name\n1,\"a\n2,b\n", mappings: Self.mappings)
        #expect(file.codes == [[.quoting], []])
        #expect(file.records.map(\.isRefused) == [true, false])
        #expect(file.cells("outlet_id") == [.null, .text("2")])
    }

    @Test func `text behind a closing quotation mark is a warning`() throws {
        let file = try MappedFile("id,name\n1,\"Joe\" Inn\n", mappings: Self.mappings)
        #expect(file.codes == [[.quoting]])
        #expect(file.records[0].issues.first?.severity == .warning && !file.records[0].isRefused)
        #expect(file.cells("outlet_name") == [.text("Joe Inn")])
    }

    /// Seen red: such a record passed with its fields in the wrong columns, and one with more fields than the header
    /// and a byte that is not UTF-8 trapped, killing every worker that it was given to.
    @Test func `a record with both stray text and the wrong number of fields is refused`() throws {
        let more = Array("id,name\n\"1\"x,a,b,".utf8) + [0xFF, 0x0A]
        let file = try MappedFile(more, mappings: Self.mappings)
        #expect(file.codes == [[.columnCount]])
        #expect(file.records[0].isRefused)
        #expect(try MappedFile("id,name\n\"1\"x\n", mappings: Self.mappings).codes == [[.columnCount]])
    }

    @Test func `bytes that are not UTF-8 are replaced and told of`() throws {
        let bytes = Array("id,name\n1,Caf".utf8) + [0xE9, 0x0A] + Array("2,Café\n".utf8)
        let file = try MappedFile(bytes, mappings: Self.mappings)
        #expect(file.cells("outlet_name") == [.text("Caf\u{FFFD}"), .text("Café")])
        #expect(file.codes == [[.notUTF8], []])
        #expect(file.records[0].issues.first?.severity == .warning && !file.records[0].isRefused)
        #expect(file.records[0].issues.first?.column == "name")
    }

    /// Fails with each of them told: a chunk of such fields has millions.
    @Test func `of a record full of bytes that are not UTF-8 the first fields are told`() throws {
        let header = "id,name" + (0..<50).map { ",c\($0)" }.joined() + "\n"
        var fields: [UInt8] = []
        for _ in 0..<51 { fields += [0xFF, UInt8(ascii: ",")] }
        fields += [0xFF, 0x0A]
        let file = try MappedFile(Array(header.utf8) + fields, mappings: Self.mappings)
        #expect(file.codes == [[IssueCode](repeating: .notUTF8, count: 20)])
        #expect(file.records[0].issues.last?.column == "c17")
        #expect(file.cells("outlet_name") == [.text("\u{FFFD}")])
    }

    @Test func `an issue tells file, record, line, column and the value, cut to 200 characters`() throws {
        let long = String(repeating: "é", count: 300)
        let file = try MappedFile(
            "id,name,lat\n1,\"two\nlines\",5\n2,b,\(long)\n",
            mappings: #"[{"sourceField": "lat", "targetField": "latitude"}]"#)
        let issue = try #require(file.records[1].issues.first)
        #expect(issue.fileIndex == 3 && issue.record == 1 && issue.line == 4 && issue.column == "lat")
        #expect(issue.value == String(repeating: "é", count: 200))
        #expect(issue.code == .numberFormat && issue.severity == .error)
    }

    @Test func `every fault of a record is told, not only the first`() throws {
        let file = try MappedFile(
            "id,name,vol\n,\(String(repeating: "n", count: 9)),x\n",
            mappings: """
                [{"sourceField": "id", "targetField": "outlet_id"}, {"sourceField": "name", "targetField": "outlet_name"},
                 {"sourceField": "vol", "targetField": "sales_volume"}]
                """, rules: #"[{"rule": "LENGTH", "field": "outlet_name", "maximum": 8}]"#)
        #expect(file.codes == [[.requiredMissing, .numberFormat, .textTooLong]])
    }

    @Test func `a file that lacks columns names them all`() throws {
        let error = #expect(throws: SchemaMismatch.self) {
            try MappedFile(
                "b,c\n1,2\n",
                mappings: """
                    [{"sourceField": "z", "targetField": "outlet_id"},
                     {"sourceFields": ["a", "b", "z"], "targetField": "outlet_name"}]
                    """)
        }
        #expect(error?.missingColumns == ["a", "z"] && error?.header == ["b", "c"])
    }
}
