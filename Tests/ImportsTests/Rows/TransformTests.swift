import Domain
import Testing

@testable import Imports

/// How the text of a record becomes cells.
@Suite struct TransformTests {
    private static func tier(
        _ mapping: String, _ text: String, required: [String] = [], lookups: [String: [String: String]] = [:]
    ) throws -> MappedFile {
        try MappedFile(text, mappings: "[\(mapping)]", required: required, lookups: lookups)
    }

    @Test(arguments: [
        (#"{"sourceField": "a", "targetField": "tier"}"#, " Gold\t", "Gold"),
        (#"{"sourceField": "a", "targetField": "tier", "transform": "UPPER"}"#, "straße", "STRASSE"),
        (#"{"sourceField": "a", "targetField": "tier", "transform": "LOWER"}"#, "ÉCLAIR", "éclair"),
        (#"{"sourceField": "a", "targetField": "tier", "defaultValue": "none"}"#, "  ", "none"),
        (#"{"sourceField": "a", "targetField": "tier", "transform": "UPPER", "defaultValue": "none"}"#, "", "NONE"),
        (
            #"{"sourceField": "a", "targetField": "tier", "transform": "DATE_FORMAT", "format": "MM/dd/yyyy"}"#,
            "11/24/2026", "2026-11-24"
        ),
        (
            #"""
            {"sourceField": "a", "targetField": "tier", "transform": "DATE_FORMAT", "format": "MM/dd/yyyy",
             "defaultValue": "01/31/2026"}
            """#, "", "2026-01-31"
        ),
        (#"{"targetField": "tier", "transform": "CONST", "value": "B"}"#, "ignored", "B"),
    ])
    func `a transform gives the cell`(mapping: String, text: String, cell: String) throws {
        let file = try Self.tier(mapping, "a,b\n\(text),x\n")
        #expect(file.cells("tier") == [.text(cell)])
        #expect(file.codes == [[]])
    }

    @Test func `without a default an empty source is null`() throws {
        for transform in ["UPPER", "LOWER", "CONCAT", "CONTENT_HASH"] {
            let file = try Self.tier(
                #"{"sourceField": "a", "targetField": "tier", "transform": "\#(transform)", "prefix": "p"}"#,
                "a,b\n,x\n")
            #expect(file.cells("tier") == [.null], "\(transform)")
            #expect(file.codes == [[]])
        }
    }

    @Test func `the first source that is not empty counts`() throws {
        let mapping = #"{"sourceFields": ["a", "b", "c"], "targetField": "tier"}"#
        let file = try Self.tier(mapping, "a,b,c\n1,2,3\n ,2,3\n,,3\n,,\n")
        #expect(file.cells("tier") == [.text("1"), .text("2"), .text("3"), .null])
    }

    @Test func `CONCAT joins what is not empty`() throws {
        let mapping = """
            {"sourceFields": ["a", "b", "c"], "targetField": "tier", "transform": "CONCAT", "prefix": "p:",
             "separator": "-", "defaultValue": "none"}
            """
        let file = try Self.tier(mapping, "a,b,c\n1,2,3\n1, ,3\n,,\n")
        #expect(file.cells("tier") == [.text("p:1-2-3"), .text("p:1-3"), .text("none")])
    }

    @Test func `a date in another format is refused with its code`() throws {
        let mapping =
            #"{"sourceField": "a", "targetField": "tier", "transform": "DATE_FORMAT", "format": "dd.MM.yyyy"}"#
        let file = try Self.tier(mapping, "a,b\n2026-11-24,x\n30.02.2026,x\n")
        #expect(file.codes == [[.dateFormat], [.dateFormat]])
        #expect(file.records[1].issues.first?.value == "30.02.2026")
    }

    private static let lookup = #"""
        {"sourceFields": ["a", "b"], "targetField": "tier", "transform": "LOOKUP", "lookupTable": "t"
        """#

    @Test func `LOOKUP gives the value of a key, and refuses one that it does not know`() throws {
        let file = try Self.tier(
            Self.lookup + "}", "a,b\n gold ,\n,SILVER\nlead,gold\n,\n", lookups: ["t": ["Gold": "1", "silver": "2"]])
        #expect(file.cells("tier") == [.text("1"), .text("2"), .null, .null])
        #expect(file.codes == [[], [], [.lookupUnknown], []])
        #expect(file.records[2].issues.first?.value == "lead" && file.records[2].issues.first?.column == "a+b")
    }

    /// Seen red: an empty source looked the default up in its turn, so that one default had two meanings.
    @Test func `a LOOKUP's default is the value itself, for unknown keys and for empty sources`() throws {
        let file = try Self.tier(
            Self.lookup + #", "defaultValue": "B"}"#, "a,b\nlead,\n,\nA,\n", lookups: ["t": ["A": "B", "B": "C"]])
        #expect(file.cells("tier") == [.text("B"), .text("B"), .text("B")])
        #expect(file.codes == [[], [], []])
    }

    /// Seen red with the separator between the hashed fields taken out.
    @Test func `CONTENT_HASH is the same for the same fields and another for others`() throws {
        let mapping = """
            {"sourceFields": ["a", "b"], "targetField": "tier", "transform": "CONTENT_HASH", "prefix": "x:"}
            """
        let file = try Self.tier(mapping, "a,b,c\n12,3,p\n 12 ,3,q\n1,23,p\n,123,p\n123,,p\n,,p\n")
        let cells = file.cells("tier").map { $0.text }
        #expect(cells[0] == cells[1])
        #expect(Set(cells[1...4]).count == 4)
        #expect(cells[5] == nil)
        #expect(cells[0]?.count == 18 && cells[0]?.hasPrefix("x:") == true)
        // It is a primary key: it must be the same for ever.
        #expect(cells[0] == "x:d6a4b0d8ffbd8540")
    }

    @Test(arguments: [
        ("1.5", FieldValue.real(1.5)), (" -0.25 ", .real(-0.25)), ("1e3", .real(1000)), ("", .null), ("+7", .real(7)),
    ])
    func `a number is read`(text: String, cell: FieldValue) throws {
        let file = try MappedFile(
            "a,b\n\(text),x\n", mappings: #"[{"sourceField": "a", "targetField": "sales_volume"}]"#)
        #expect(file.cells("sales_volume") == [cell])
        #expect(file.codes == [[]])
    }

    @Test(arguments: ["1,5", "nan", "inf", "0x10", "1e999", "12 km", "-", "１"])
    func `what is no number is refused`(text: String) throws {
        let file = try MappedFile(
            "a;b\n\"\(text)\",x\n".replacing(";", with: ","),
            mappings: #"[{"sourceField": "a", "targetField": "sales_volume"}]"#)
        #expect(file.codes == [[.numberFormat]])
        #expect(file.records[0].issues.first?.value == text)
        #expect(file.records[0].isRefused)
    }

    @Test func `booleans are 0 and 1, in the words that people use`() throws {
        let words = ["true", "T", "Yes", "y", "1", "FALSE", "f", "no", "N", "0", "", "maybe", "2"]
        let file = try MappedFile(
            "a,b\n" + words.map { "\($0),x\n" }.joined(),
            mappings: #"[{"sourceField": "a", "targetField": "new_outlet_flag"}]"#)
        let expected = [FieldValue](repeating: .integer(1), count: 5) + [FieldValue](repeating: .integer(0), count: 5)
        #expect(file.cells("new_outlet_flag") == expected + [.null, .null, .null])
        #expect(Array(file.codes.suffix(3)) == [[], [.booleanFormat], [.booleanFormat]])
    }

    /// Seen red on a running server: the snapshot job's message id was too long, and the import never ended.
    @Test(arguments: [(200, []), (201, [IssueCode.textTooLong])])
    func `a key has at most 200 bytes`(_ count: Int, _ codes: [IssueCode]) throws {
        let file = try MappedFile(
            "id,b\n\(String(repeating: "k", count: count)),x\n",
            mappings: #"[{"sourceField": "id", "targetField": "outlet_id"}]"#)
        #expect(file.codes == [codes])
    }

    /// A snapshot holds such a cell as it stands. Seen red with JSON taken as text.
    @Test func `a JSON column takes JSON and nothing else`() throws {
        let file = try MappedFile(
            "id,name,level,p\nT1,A,AREA,\"{\"\"a\"\": [1]}\"\nT2,B,AREA,{a: 1}\nT3,C,AREA,\n", table: .territories,
            mappings: """
                [{"sourceField": "id", "targetField": "territory_id"},
                 {"sourceField": "name", "targetField": "territory_name"},
                 {"sourceField": "level", "targetField": "level"},
                 {"sourceField": "p", "targetField": "optimization_params"}]
                """)
        #expect(file.codes == [[], [.jsonFormat], []])
        #expect(file.cells("optimization_params").first == .text(#"{"a": [1]}"#))
    }

    /// Seen red with `target.required` not looked at.
    @Test func `a required field that is empty refuses the record`() throws {
        let mapping = #"{"sourceField": "a", "targetField": "tier"}"#
        #expect(try Self.tier(mapping, "a,b\n ,x\n").codes == [[]])
        let file = try Self.tier(mapping, "a,b\n ,x\ngold,x\n", required: ["tier"])
        #expect(file.codes == [[.requiredMissing], []])
        #expect(file.records[0].issues.first?.column == "a")
        // The catalog's own required columns need no mention in the schema.
        let key = #"{"sourceField": "a", "targetField": "outlet_id"}"#
        #expect(try Self.tier(key, "a,b\n,x\n").codes == [[.requiredMissing]])
    }

    @Test func `a required field that a lookup empties refuses the record`() throws {
        let mapping = Self.lookup + "}"
        let file = try Self.tier(mapping, "a,b\nold,x\n", required: ["tier"], lookups: ["t": ["old": ""]])
        #expect(file.codes == [[.requiredMissing]])
    }
}
