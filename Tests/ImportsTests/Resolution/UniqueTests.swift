import Domain
import Testing

@testable import Imports

/// A column whose values stand once in a table.
@Suite struct UniqueTests {
    private static func schema(
        _ severity: String = "ERROR", isMapped: Bool = true, _ change: (inout ImportSchema) -> Void = { _ in }
    ) throws -> ImportSchema {
        try TestSchema.shop { schema in
            schema.entities["outlets"]?.validations = [
                try TestSchema.decoded(#"{"rule": "UNIQUE", "field": "address", "severity": "\#(severity)"}"#)
            ]
            if isMapped {
                schema.entities["outlets"]?.fieldMappings.append(
                    try TestSchema.decoded(#"{"sourceField": "address", "targetField": "address"}"#))
            }
            change(&schema)
        }
    }

    private static func outlet(_ id: String, at address: String?) -> [String: String] {
        var row = ["outlet_id": id]
        row["address"] = address
        return row
    }

    /// Seen red with the last one kept.
    @Test func `the first record in input order keeps the value, in whichever file it stands`() throws {
        let resolved = try Resolved(
            [
                .init(.outlets, Self.outlet("A", at: "1 Main"), Self.outlet("B", at: nil), Self.outlet("C", at: nil)),
                .init(.outlets, Self.outlet("D", at: "1 Main"), Self.outlet("E", at: "2 Main")),
            ], schema: try Self.schema())
        #expect(resolved.issues == ["1:2 ROW_NOT_UNIQUE address=1 Main"])
        #expect(resolved.refused == [1: [0]])
        #expect(resolved.allIssues.first?.message.contains("line 2 of file0.csv") == true)
    }

    @Test func `what lost its key keeps no value`() throws {
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1 Main"), Self.outlet("A", at: "1 Main"))], schema: try Self.schema()
        )
        #expect(resolved.issues == ["0:2 ROW_DUPLICATE_KEY outlet_id=A"])
    }

    @Test func `as a warning it refuses nobody`() throws {
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), Self.outlet("B", at: "1"))], schema: try Self.schema("WARNING"))
        #expect(resolved.issues == ["0:3 ROW_NOT_UNIQUE address=1"])
        #expect(resolved.refused == [:])
        #expect(resolved.resolution.warnings() == [0: 1])
    }

    @Test func `what another row of the catalog has is refused, and the row is named`() throws {
        let resolved = try Resolved(
            [
                .init(
                    .outlets, Self.outlet("A", at: "1 Main"), Self.outlet("B", at: "2 Main"),
                    Self.outlet("C", at: "3 Main"))
            ], schema: try Self.schema(), texts: [("X", "1 Main"), ("B", "2 Main"), ("Y", "9 Main")])
        #expect(resolved.issues == ["0:2 ROW_NOT_UNIQUE address=1 Main"])
        #expect(resolved.allIssues.first?.message == "X has the same value in the catalog")
        #expect(resolved.refused == [0: [0]])
    }

    /// Two rows of the catalog may have it already, as the rule may be new.
    @Test func `a row keeps what it has, unless still another has it`() throws {
        let rows = [Resolved.File(.outlets, Self.outlet("A", at: "1"))]
        #expect(try Resolved(rows, schema: try Self.schema(), texts: [("A", "1")]).issues == [])
        let both = try Resolved(rows, schema: try Self.schema(), texts: [("A", "1"), ("X", "1")])
        #expect(both.allIssues.map(\.message) == ["X has the same value in the catalog"])
    }

    @Test func `of records that are added up an earlier one may say what their row has`() throws {
        let schema = try Self.schema { schema in
            schema.deltaStrategy = .merge
            schema.entities["outlets"]?.sums = ["sales_volume"]
        }
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), Self.outlet("A", at: nil))], schema: schema,
            texts: [("A", "1")])
        #expect(resolved.issues == [])
    }

    @Test func `of several records the one whose row has the value keeps it`() throws {
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), Self.outlet("B", at: "1"), Self.outlet("C", at: "1"))],
            schema: try Self.schema(), texts: [("B", "1")])
        #expect(resolved.issues == ["0:2 ROW_NOT_UNIQUE address=1", "0:4 ROW_NOT_UNIQUE address=1"])
        #expect(resolved.allIssues.allSatisfy { $0.message == "line 3 of file0.csv has the same value" })
    }

    @Test func `a value that its row gives up is free, and rows may swap theirs`() throws {
        let given = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), Self.outlet("B", at: "2"), Self.outlet("C", at: nil))],
            schema: try Self.schema(), texts: [("A", "2"), ("B", "1")])
        #expect(given.issues == [])
        let emptied = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "3"), Self.outlet("C", at: nil))], schema: try Self.schema(),
            texts: [("C", "3")])
        #expect(emptied.issues == [])
    }

    /// An empty cell leaves what the catalog has: with MERGE, and where the files do not bring the column.
    @Test(arguments: [true, false]) func `a value that its row keeps is taken`(isMerge: Bool) throws {
        let schema = try Self.schema(isMapped: isMerge) { schema in
            if isMerge { schema.deltaStrategy = .merge }
        }
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "3"), Self.outlet("C", at: nil))], schema: schema,
            texts: [("C", "3")])
        #expect(resolved.issues == ["0:2 ROW_NOT_UNIQUE address=3"])
    }

    /// A's new value is refused with A, so that A keeps the old one, which B therefore cannot have; nor C what B has.
    @Test func `what a refused row would have given up is taken`() throws {
        var lost = Self.outlet("A", at: "9")
        lost["territory_id"] = "T9"
        let resolved = try Resolved(
            [.init(.outlets, lost, Self.outlet("B", at: "1"), Self.outlet("C", at: "2"))], schema: try Self.schema(),
            texts: [("A", "1"), ("B", "2")])
        #expect(
            resolved.issues == [
                "0:2 ROW_REFERENCE_UNKNOWN territory_id=T9", "0:3 ROW_NOT_UNIQUE address=1",
                "0:4 ROW_NOT_UNIQUE address=2",
            ])
    }

    @Test func `as a warning a taken value refuses nobody and is told once`() throws {
        var lost = Self.outlet("B", at: "2")
        lost["territory_id"] = "T9"
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), lost)], schema: try Self.schema("WARNING"),
            texts: [("X", "1")])
        #expect(
            resolved.issues == ["0:2 ROW_NOT_UNIQUE address=1", "0:3 ROW_REFERENCE_UNKNOWN territory_id=T9"])
        #expect(resolved.refused == [0: [1]])
    }

    /// Rows that the files miss go with the merge, where they hold all of the table.
    @Test(arguments: [("ALL", []), ("territory_id", ["0:2 ROW_NOT_UNIQUE address=1"])])
    func `a row that goes gives up its value`(scope: String, issues: [String]) throws {
        let schema = try Self.schema { $0.entities["outlets"]?.fullReplace = FullReplace(scope: scope) }
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"))], schema: schema, texts: [("X", "1")])
        #expect(resolved.issues == issues)
    }

    /// A missing row stays when nobody may say that it is missing: its record was refused, or some record's key could not be read.
    @Test func `a row whose record was refused, or may have been, keeps its value`() throws {
        let schema = try Self.schema { $0.entities["outlets"]?.fullReplace = FullReplace(scope: "ALL") }
        var keys = KeyCollector(referenceColumns: References(schema, from: .outlets).columns.count)
        Array("X".utf8).withUnsafeBytes { keys.keep(refused: $0) }
        var refused = RefusedKeys()
        let columns = References(schema, from: .outlets).columns.count
        refused.add(try StagedKeys(keys.encoded(), referenceColumns: columns), table: .outlets, file: 0)
        var keyless = RefusedKeys()
        keyless.add(keyless: 1, file: 0)
        for (refusedKeys, isTaken) in [(refused, true), (keyless, true), (RefusedKeys(), false)] {
            let resolved = try Resolved(
                [.init(.outlets, Self.outlet("A", at: "1"))], schema: schema, texts: [("X", "1")],
                refusedKeys: refusedKeys)
            #expect(resolved.issues.isEmpty != isTaken)
        }
    }

    /// Each takes what the next one has: a refusal runs through all of them in one go, or a million would take a million rounds.
    @Test func `a chain of values that are not given up is refused at once`() throws {
        let references = References(try Self.schema(), from: .outlets)
        let slot = try #require(references.uniques.first?.slot)
        var keys = KeyCollector(referenceColumns: references.columns.count)
        for row in 0..<50 {
            var cells = [String?](repeating: nil, count: references.columns.count)
            cells[slot] = "a\(row + 1)"
            keys.append(record: row, line: row + 2, key: "O\(row)", references: cells)
        }
        var rows = SessionRows(references: references)
        rows.append(try StagedKeys(keys.encoded(), referenceColumns: references.columns.count), chunk: 0)
        rows.findDuplicates(areRefused: true)
        try rows.findFormerTexts(in: .outlets, keepsWhatIsEmpty: { _ in false }, goes: { _ in false }) {
            _, _, _, body in
            for (key, text) in (0..<50).map({ ("O\($0)", "a\($0)") }) + [("X", "a50")] {
                try Array(key.utf8).withUnsafeBytes { key in try Array(text.utf8).withUnsafeBytes { try body(key, $0) }
                }
            }
        }
        rows.noteRepeated()
        #expect(rows.findings.isEmpty)
        let refusedSome = rows.refuseTaken()
        #expect(refusedSome)
        #expect(rows.refused == [Bool](repeating: true, count: 50))
        let refusedMore = rows.refuseTaken()
        #expect(!refusedMore)
    }

    /// As where the rule is new, or of the wrong column: each row once and not each beside each.
    @Test(.timeLimit(.minutes(1))) func `a text that every row has is told of each but one`() throws {
        let count = 5_000
        let rows = (0..<count).map { Self.outlet("O\($0)", at: "same") }
        let resolved = try Resolved(
            [.init(.outlets, rows: rows)], schema: try Self.schema(),
            texts: (0..<count).map { ("O\($0)", "same") } + [("X", "same"), ("Y", "same")])
        #expect(resolved.refused[0]?.count == count)
        #expect(resolved.allIssues.count == count)
    }

    @Test func `the catalog is asked through all stages`() async throws {
        let schema = try Self.schema()
        try await StageHouse.with(schema) { house in
            let header = "id,name,channel,territory,dt,lat,lon,address"
            try await house.run([
                .territories("T1"),
                TestFile(
                    "outlets.csv", lines: header, "o1,One,General Trade,T1,,1,2,1 Main", "o2,Two,General Trade,T1,,1,2,"
                ),
            ])
            let report = try await house.run([
                TestFile(
                    "outlets.csv", lines: header, "o2,Two,General Trade,T1,,1,2,1 Main",
                    "o3,Three,General Trade,T1,,1,2,3 Main")
            ])
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            #expect(
                try await house.issues(report.progress.sessionId).map(\.message) == [
                    "o1 has the same value in the catalog"
                ])
        }
    }
}
