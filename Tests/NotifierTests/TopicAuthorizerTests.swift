import Catalog
import Domain
import Testing

@testable import Notifier

@Suite struct TopicAuthorizerTests {
    private let catalog = MemoryCatalog(
        MemoryCatalog.Content(
            owners: ["mine": "anna", "theirs": "ben"],
            paths: ["T1": ["T1", "A1", "R1"], "T2": ["T2", "A2", "R1"]]))

    private func planner(_ assignments: [UserContext.Assignment] = []) -> UserContext {
        UserContext(userId: "anna", role: .gtPlanner, assignments: assignments)
    }

    private func allowed(_ names: [String], _ user: UserContext) async throws -> [String] {
        let topics = names.compactMap(Topic.init)
        let allowed = try await TopicAuthorizer(catalog: catalog).allowed(topics, for: user)
        return allowed.map(\.description).sorted()
    }

    // Seen red with the owner not compared. An administrator who follows what is not there would hear nothing, for ever.
    @Test func aSessionIsItsOwnersAndTheAdministrators() async throws {
        let names = ["import:mine", "import:theirs", "import:nobodys"]
        #expect(try await allowed(names, planner()) == ["import:mine"])
        #expect(
            try await allowed(names, UserContext(userId: "root", role: .admin)) == ["import:mine", "import:theirs"])
    }

    @Test func aTerritoryNeedsTheRightToViewItOrAnAncestor() async throws {
        let names = ["territory:T1", "territory:T2", "territory:T3"]
        func assigned(_ id: String, _ permissions: [Permission]) -> UserContext {
            planner([UserContext.Assignment(territoryId: id, level: .area, permissions: permissions)])
        }
        #expect(try await allowed(names, assigned("A1", [.viewTerritory])) == ["territory:T1"])
        #expect(try await allowed(names, assigned("R1", [.viewTerritory])) == ["territory:T1", "territory:T2"])
        #expect(try await allowed(names, assigned("R1", [.importData])) == [])
        // A territory that does not exist is refused like one that is not hers.
        #expect(try await allowed(names, assigned("T3", [.viewTerritory])) == [])
        #expect(
            try await allowed(names, UserContext(userId: "root", role: .admin)) == ["territory:T1", "territory:T2"])
    }

    @Test func queuesAreTheAdministrators() async throws {
        #expect(try await allowed(["queues"], planner()) == [])
        #expect(try await allowed(["queues"], UserContext(userId: "root", role: .admin)) == ["queues"])
    }

    @Test func aCatalogThatIsDownIsAnErrorNotARefusal() async {
        catalog.setFailing(true)
        await #expect(throws: CatalogError.self) { try await allowed(["import:mine"], planner()) }
    }
}
