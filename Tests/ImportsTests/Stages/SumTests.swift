import Domain
import Testing

@testable import Imports

/// Files without a header, amounts of money, and records of one key that are added up.
@Suite(.timeLimit(.minutes(1)))
struct SumTests {
    private static let ground = [TestFile.territories("T1"), .distributors("D1", in: "T1")]

    /// Two kinds of files of outlets without a header: name before sales, and the other way round with another unit.
    private static func schema(sums: [String]? = ["sales_volume"]) throws -> ImportSchema {
        try TestSchema.shop { schema in
            func mapping(_ target: String, _ source: String) -> FieldMapping {
                var mapping = FieldMapping(targetField: target)
                mapping.sourceField = source
                return mapping
            }
            func outlets(_ columns: [String], _ files: String, factor: Double?) -> ImportEntity {
                var sales = mapping("sales_volume", "sales")
                (sales.transform, sales.factor) = (.amount, factor)
                var channel = FieldMapping(targetField: "channel")
                (channel.transform, channel.value) = (.const, "GT")
                var territory = FieldMapping(targetField: "territory_id")
                (territory.transform, territory.value) = (.const, "T1")
                var entity = ImportEntity(
                    table: .outlets, files: [files], primaryKey: "outlet_id", requiredFields: [],
                    fieldMappings: [
                        mapping("outlet_id", "id"), mapping("outlet_name", "name"), channel, territory, sales,
                    ], validations: nil)
                (entity.columns, entity.sums) = (columns, sums)
                return entity
            }
            schema.entities["outlets"] = nil
            schema.entities["sales"] = outlets(["id", "name", "sales"], "sales*.csv", factor: nil)
            schema.entities["taxes"] = outlets(["id", "sales", "name", ""], "taxes*.csv", factor: 10)
        }
    }

    private static func imported(
        _ files: [(String, String)], sums: [String]? = ["sales_volume"], chunkBytes: Int? = nil
    ) async throws -> (SessionReport, [String: (name: String?, sales: Double?)]) {
        var limits = ImportLimits()
        if let chunkBytes { limits.chunkBytes = chunkBytes }
        return try await StageHouse.with(schema(sums: sums), limits: limits) { house in
            let report = try await house.run(ground + files.map { TestFile($0.0, $0.1) })
            let rows = try await house.rows(.outlets).mapValues { row in
                var sales: Double?
                if case .real(let number)? = row["sales_volume"] { sales = number }
                return (row["outlet_name"]?.text, sales)
            }
            return (report, rows)
        }
    }

    @Test func `the first line of a file without a header is a record`() async throws {
        let (report, rows) = try await Self.imported([("sales.csv", "A,Anna's,$1\nB,\"Bar, the\",\"$1,234.50\"\n")])
        #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
        #expect(report.files[2].counts == RecordCounts(read: 2, inserted: 2))
        #expect(report.files[2].reading?.headerLine == 0)
        #expect(rows["A"]?.name == "Anna's" && rows["A"]?.sales == 1)
        #expect(rows["B"]?.name == "Bar, the" && rows["B"]?.sales == 1234.5)
    }

    /// Across lines, chunks and files of different layouts; the last says the rest. Seen red without the input's order
    /// among equal keys.
    @Test(arguments: [nil, 64] as [Int?]) func `records of one key are added up`(chunkBytes: Int?) async throws {
        let filler = (0..<30).map { "F\($0),filler,1\n" }.joined()
        let (report, rows) = try await Self.imported(
            [
                ("sales1.csv", "A,first,1\nB,b,5\n" + filler + "A,second,2\n"),
                ("sales2.csv", "A,third,\nC,c,7\n" + filler), ("taxes.csv", "A,0.5,last,\nC,,c,\n"),
            ], chunkBytes: chunkBytes)
        #expect(report.progress.status == .completed, "\(report.progress.errorMessage ?? "")")
        #expect(rows["A"]?.name == "last" && rows["A"]?.sales == 8)
        #expect(rows["B"]?.sales == 5 && rows["C"]?.sales == 7 && rows["F3"]?.sales == 2)
        #expect(rows.count == 33)
        let results = report.progress.results
        #expect(results.totalRecords == 69 && results.combined == 34 && results.inserted == 35)
        #expect(results.successCount == 69)
    }

    @Test func `a refused record is not added`() async throws {
        let (report, rows) = try await Self.imported([("sales.csv", "A,a,1\nA,a,one\nA,a,3\n")])
        #expect(rows["A"]?.sales == 4)
        #expect(report.files[2].counts == RecordCounts(read: 3, inserted: 1, combined: 1, refused: 1))
    }

    /// Seen red with only the last record's former territory looked at.
    @Test func `an importer of an area cannot take an outlet of another one over with a second record`() async throws {
        var schema = try Self.schema()
        schema.entities["sales"]?.columns?.append("area")
        let territory = try #require(
            schema.entities["sales"]?.fieldMappings.firstIndex { $0.targetField == "territory_id" })
        var mapping = FieldMapping(targetField: "territory_id")
        mapping.sourceField = "area"
        schema.entities["sales"]?.fieldMappings[territory] = mapping
        try await StageHouse.with(schema) { house in
            try await house.run([
                .territories("T1", "T2"), .distributors("D1", in: "T1"), TestFile("sales.csv", "A,a,1,T1\n"),
            ])
            let anna = house.as(
                UserContext(
                    userId: "anna", role: .gtPlanner,
                    assignments: [.init(territoryId: "T2", level: .area, permissions: [.importData])]))
            let report = try await anna.run([TestFile("sales.csv", "A,mine,5,T2\nA,mine,6,T2\nB,hers,1,T2\n")])
            #expect(report.progress.results.refused == 2 && report.progress.results.inserted == 1)
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("a"))
            #expect(try await house.cell(.outlets, "A", "territory_id") == .text("T1"))
        }
    }

    /// Its few records would take the place of the whole sum.
    @Test func `an error report is not taken back where records are added up`() async throws {
        try await StageHouse.with(Self.schema()) { house in
            let first = try await house.run(Self.ground + [TestFile("sales.csv", "A,a,1\nA,a,one\n")])
            let bytes = try await house.reportBytes(first.progress.sessionId)
            let again = try await house.run([TestFile("sales.csv", String(decoding: bytes, as: UTF8.self))])
            #expect(again.progress.status == .failed)
            #expect(again.progress.errorMessage?.contains("import all of them again") == true)
            #expect(try await house.cell(.outlets, "A", "sales_volume") == .real(1))
        }
    }

    @Test func `records of one key may share what must be unique`() async throws {
        let schema = try Self.schema()
        var unique = schema
        let rule: ValidationRule = try TestSchema.decoded(#"{"rule": "UNIQUE", "field": "outlet_name"}"#)
        unique.entities["sales"]?.validations = [rule]
        try await StageHouse.with(unique) { house in
            let report = try await house.run(Self.ground + [TestFile("sales.csv", "A,a,1\nA,a,2\nB,a,4\n")])
            #expect(report.files[2].counts == RecordCounts(read: 3, inserted: 1, combined: 1, refused: 1))
            #expect(try await house.cell(.outlets, "A", "sales_volume") == .real(3))
        }
    }

    /// Excel's line above the records is none of them.
    @Test func `a file without a header may name its delimiter`() async throws {
        let (report, rows) = try await Self.imported([("sales.csv", "sep=;\r\nA;a;1\r\nB;b;2\r\n")])
        #expect(report.files[2].counts == RecordCounts(read: 2, inserted: 2), "\(report.progress.errorMessage ?? "")")
        #expect(rows["B"]?.sales == 2)
    }

    @Test func `what is no amount is refused, whatever it would be as a number`() async throws {
        let (report, rows) = try await Self.imported([("taxes.csv", "A,+1,a,\nB,1.2.3,b,\nC,++4,c,\n")])
        #expect(rows["A"]?.sales == 10 && rows.count == 1)
        #expect(report.files[2].counts.refused == 2)
    }

    @Test func `without sums such records are duplicates`() async throws {
        let (report, rows) = try await Self.imported([("sales.csv", "A,a,1\nA,a,3\n")], sums: nil)
        #expect(rows["A"]?.sales == 3)
        #expect(report.files[2].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
    }

    @Test(
        arguments: [
            ("$23937", 23937), (" $ 1,234,567.5", 1_234_567.5), ("+7", 7), ("(12.00)", -12), ("-€3", -3),
            ("₹12,34,567", 1_234_567),
            ("000000632.34", 632.34), ("1,5", nil), ("1,,234", nil), ("$", nil), ("--3", nil), ("$-3", nil),
            ("1.234,5", nil),
            ("(-3)", nil), ("12 apples", nil), ("1,2345", nil),
        ] as [(String, Double?)])
    func `amounts`(text: String, number: Double?) {
        var text = text
        #expect(text.withUTF8 { Amount.number(UnsafeRawBufferPointer($0)) } == number)
    }

    @Test func `a schema that cannot be meant is refused`() throws {
        func faults(_ change: (inout ImportSchema) -> Void) throws -> [String] {
            var schema = try Self.schema()
            change(&schema)
            return SchemaCheck.faults(in: schema)
        }
        #expect(try faults { _ in } == [])
        #expect(try faults { $0.entities["taxes"]?.sums = nil }.first?.contains("must name the same") == true)
        #expect(try faults { $0.entities["sales"]?.columns = ["id", "name"] }.first?.contains("no sales") == true)
        #expect(
            try faults { $0.entities["sales"]?.columns = ["id", "id", "name", "sales"] }.first?.contains("twice")
                == true)
        #expect(
            try faults {
                for name in ["sales", "taxes"] { $0.entities[name]?.sums = ["outlet_name"] }
            }.first?.contains("no mapped column of numbers") == true)
        #expect(
            try faults { $0.entities["sales"]?.fieldMappings[1].transform = .amount }.first?.contains("AMOUNT is for")
                == true)
    }
}
