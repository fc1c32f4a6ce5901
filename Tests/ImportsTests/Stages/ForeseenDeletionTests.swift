import Domain
import Testing

@testable import Imports

/// A dry run tells what files that hold every row would have go, and nothing goes.
@Suite(.timeLimit(.minutes(1)))
struct ForeseenDeletionTests {
    private static let ground = [TestFile.territories("T1", "T2"), .distributors("D1", "D2", in: "T1")]
    private static let four = TestFile.outlets(
        "A,a,wholesale,T1,D1,1,2", "B,b,wholesale,T1,D1,1,2", "C,c,wholesale,T2,D2,1,2", "D,d,wholesale,T2,,1,2")

    /// What a dry run of these outlets tells of the file, once four are in the catalog.
    private static func told(_ lines: [String], scope: String = "ALL", maximum: Double? = 1) async throws -> [String] {
        let schema = try TestSchema.shop {
            $0.entities["outlets"]?.fullReplace = FullReplace(scope: scope, maximumDeletions: maximum)
        }
        return try await StageHouse.with(schema) { house in
            try await house.run(ground + [four])
            let text = ([TestFile.outletHeader] + lines).map { $0 + "\n" }.joined()
            let id = try await house.open([TestFile("outlets.csv", text)])
            _ = try await house.imports.validate(session: id, by: house.producer)
            try await house.work()
            let report = try await house.report(id)
            #expect(report.progress.status == .validated)
            let issues = try await house.issues(id).filter { $0.code?.rawValue.hasPrefix("FILE_") == true }
            #expect(report.files[0].counts.warnings == issues.count)
            #expect(try await house.rows(.outlets).count == 4)
            return issues.map { "\($0.code?.rawValue ?? "") \($0.severity) \($0.message)" }
        }
    }

    /// Seen red with the warning also where nothing goes, and with the refusal left out.
    @Test func `how many rows would go`() async throws {
        #expect(
            try await Self.told(["A,other,wholesale,T1,D1,1,2", "E,e,wholesale,T1,D1,1,2"])
                == [
                    "FILE_REPLACE_DELETES WARNING 3 of 4 rows of outlets are missing from the files and would be deleted "
                        + "(fullReplace)"
                ])
        #expect(
            try await Self.told(["A,other,wholesale,T1,D1,1,2"], scope: "dt_code").first?.contains("1 of 2 rows")
                == true)
    }

    @Test func `that they are more than the schema allows`() async throws {
        let told = try await Self.told(["A,other,wholesale,T1,D1,1,2"], maximum: 0.5)
        #expect(told.count == 1)
        #expect(told.first?.contains("more than the 50 % that the schema allows") == true)
    }

    @Test func `nothing where no row is missing`() async throws {
        let all = [
            "A,a,wholesale,T1,D1,1,2", "B,b,wholesale,T1,D1,1,2", "C,,wholesale,T2,D2,1,2", "D,d,wholesale,T2,,1,2",
        ]
        #expect(try await Self.told(all) == [])
    }

    /// More likely a broken export than an empty table.
    @Test func `a file without records has nothing go, and says so`() async throws {
        let told = try await Self.told([])
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("FILE_REPLACE_SKIPPED WARNING there is no record") == true)
    }
}
