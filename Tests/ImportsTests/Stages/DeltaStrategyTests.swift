import Domain
import Testing

@testable import Imports

@Suite(.timeLimit(.minutes(1)))
struct DeltaStrategyTests {
    /// The shop schema with an outlet's tier.
    private static func tiers(_ strategy: DeltaStrategy) throws -> ImportSchema {
        var schema = try TestSchema.shop()
        schema.schemaId = "tiers"
        schema.deltaStrategy = strategy
        schema.entities["outlets"]?.fieldMappings.append(
            try TestSchema.decoded(#"{"sourceField": "tier", "targetField": "tier"}"#))
        return schema
    }

    private static let tierHeader = TestFile.outletHeader + ",tier"

    private static func tierFile(_ lines: String...) -> TestFile {
        TestFile("outlets.csv", ([tierHeader] + lines).map { $0 + "\n" }.joined())
    }

    @Test func `UPSERT keeps columns that the schema does not map`() async throws {
        try await StageHouse.with(TestSchema.shop(), Self.tiers(.upsert)) { house in
            try await house.run([.territories("T1"), Self.tierFile("A,a,wholesale,T1,,1,2,gold")], schema: "tiers")
            let report = try await house.run([.outlets("A,renamed,wholesale,T1,,1,2")])
            #expect(report.files[0].counts == RecordCounts(read: 1, updated: 1))
            #expect(try await house.cell(.outlets, "A", "tier") == .text("gold"))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("renamed"))
        }
    }

    @Test(arguments: [(DeltaStrategy.upsert, FieldValue.null, 1), (.merge, .text("gold"), 0)])
    func `an empty field empties the column under UPSERT and keeps it under MERGE`(
        strategy: DeltaStrategy, tier: FieldValue, updated: Int
    ) async throws {
        try await StageHouse.with(Self.tiers(strategy)) { house in
            try await house.run([.territories("T1"), Self.tierFile("A,a,wholesale,T1,,1,2,gold")], schema: "tiers")
            let report = try await house.run([Self.tierFile("A,a,wholesale,T1,,1,2,")], schema: "tiers")
            #expect(report.files[0].counts == RecordCounts(read: 1, updated: updated, unchanged: 1 - updated))
            #expect(try await house.cell(.outlets, "A", "tier") == tier)
        }
    }

    @Test func `MERGE overwrites with what is not empty, and inserts what is new`() async throws {
        try await StageHouse.with(Self.tiers(.merge)) { house in
            try await house.run([.territories("T1"), Self.tierFile("A,a,wholesale,T1,,1,2,gold")], schema: "tiers")
            let report = try await house.run(
                [Self.tierFile("A,z,wholesale,T1,,,,", "B,b,wholesale,T1,,1,2,")], schema: "tiers")
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, updated: 1, warnings: 1))
            let row = try await house.rows(.outlets)["A"]
            #expect(row?["outlet_name"] == .text("z") && row?["tier"] == .text("gold"))
            #expect(row?["latitude"] == .real(1) && row?["longitude"] == .real(2))
        }
    }

    @Test func `APPEND inserts what is new and refuses the rest with its code`() async throws {
        try await StageHouse.with(Self.tiers(.append)) { house in
            try await house.run([.territories("T1"), Self.tierFile("A,a,wholesale,T1,,1,2,gold")], schema: "tiers")
            let report = try await house.run(
                [Self.tierFile("A,z,wholesale,T1,,1,2,", "B,b,wholesale,T1,,1,2,")], schema: "tiers")
            #expect(report.files[0].counts == RecordCounts(read: 2, inserted: 1, refused: 1))
            let issues = try await house.issues(report.progress.sessionId)
            #expect(issues.map(\.code) == [.keyExists])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("a"))
        }
    }
}
