import Domain
import Testing

@testable import Imports

/// Sessions of users who answer for a part of the catalog, from upload to merge.
@Suite(.timeLimit(.minutes(1)))
struct ImporterTests {
    private static func importer(_ territory: String) -> UserContext {
        UserContext(
            userId: "anna", role: .gtPlanner,
            assignments: [.init(territoryId: territory, level: .area, permissions: [.importData])])
    }

    /// Seen red with the importer not kept when the files were sealed.
    @Test func `an importer of an area changes that area and nothing else`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2"), .outlets("A,a,wholesale,T1,,1,2", "B,b,wholesale,T2,,1,2")])
            let anna = Self.importer("T1")
            let id = try await house.open(
                [.outlets("A,mine,wholesale,T1,,1,2", "B,theirs,wholesale,T1,,1,2", "C,c,wholesale,T2,,1,2")], by: anna)
            _ = try await house.imports.process(session: id, by: anna)
            try await house.work()
            #expect(
                try await house.issues(id).map(\.description) == [
                    "outlets.csv:3 territory_id=T2 ERR_AUTH_002", "outlets.csv:4 territory_id=T2 ERR_AUTH_002",
                ])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("mine"))
            #expect(try await house.cell(.outlets, "B", "territory_id") == .text("T2"))
            #expect(try await house.rows(.outlets).count == 2)
        }
    }
}
