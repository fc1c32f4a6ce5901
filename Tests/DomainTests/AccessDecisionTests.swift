import Domain
import Testing

struct AccessDecisionTests {
    private static let path = ["area", "zone", "country"]

    @Test(arguments: Permission.allCases)
    func `an administrator may do everything everywhere`(_ permission: Permission) {
        let admin = UserContext(userId: "a", role: .admin)
        #expect(admin.mayImport)
        #expect(admin.may(permission, inTerritoryWithPath: Self.path))
        #expect(admin.may(permission, inTerritoryWithPath: []))
        #expect(admin.maySeeSession(ownedBy: "b"))
    }

    @Test(arguments: Permission.allCases, [Role.gtPlanner, .mtPlanner, .distributorUser])
    func `nobody else may do anything without an assignment`(_ permission: Permission, role: Role) {
        let user = UserContext(userId: "u", role: role)
        #expect(!user.mayImport)
        #expect(!user.may(permission, inTerritoryWithPath: Self.path))
    }

    @Test(arguments: [
        ("area", true), ("zone", true), ("country", true), ("other", false), ("", false),
    ])
    func `an assignment counts for its territory and all below`(_ territory: String, allowed: Bool) {
        let user = Self.planner(in: territory, [.planGTRoutes])
        #expect(user.may(.planGTRoutes, inTerritoryWithPath: Self.path) == allowed)
        #expect(!user.may(.planMTRoutes, inTerritoryWithPath: Self.path))
    }

    @Test func `an assignment below does not count above`() {
        let user = Self.planner(in: "area", [.viewTerritory])
        #expect(!user.may(.viewTerritory, inTerritoryWithPath: ["zone", "country"]))
        #expect(!user.may(.viewTerritory, inTerritoryWithPath: []))
    }

    @Test func `permissions of different assignments do not mix`() {
        var user = Self.planner(in: "zone", [.viewTerritory])
        user.assignments.append(.init(territoryId: "elsewhere", level: .area, permissions: [.planGTRoutes]))
        #expect(user.may(.viewTerritory, inTerritoryWithPath: Self.path))
        #expect(!user.may(.planGTRoutes, inTerritoryWithPath: Self.path))
    }

    /// Seen red with the permission left out.
    @Test(arguments: HierarchyLevel.allCases, [Permission.importData, .viewTerritory])
    func `whoever may import somewhere may open an import`(_ level: HierarchyLevel, permission: Permission) {
        let user = UserContext(
            userId: "u", role: .gtPlanner,
            assignments: [.init(territoryId: "zone", level: level, permissions: [permission])])
        #expect(user.mayImport == (permission == .importData))
    }

    @Test func `a session is seen by whoever opened it`() {
        let user = Self.planner(in: "zone", Permission.allCases)
        #expect(user.maySeeSession(ownedBy: "u"))
        #expect(!user.maySeeSession(ownedBy: "U"))
        #expect(!user.maySeeSession(ownedBy: ""))
    }

    private static func planner(in territory: String, _ permissions: [Permission]) -> UserContext {
        UserContext(
            userId: "u", role: .gtPlanner,
            assignments: [.init(territoryId: territory, level: .zone, permissions: permissions)])
    }
}
