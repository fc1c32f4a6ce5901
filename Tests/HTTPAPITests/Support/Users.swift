import Domain

extension UserContext {
    /// May do everything.
    static let admin = UserContext(userId: "admin", role: .admin)
    /// Imports, and sees its own sessions.
    static let producer = user("producer", "US", [.importData], at: .country)
    /// Holds the same permissions as `producer`, and is somebody else.
    static let otherProducer = user("other-producer", "US", [.importData], at: .country)
    /// Sees the territory WEST and what lies below it.
    static let westViewer = user("west-viewer", "WEST", [.viewTerritory])
    /// Is known, and may do nothing.
    static let guest = UserContext(userId: "guest", role: .distributorUser)

    private static func user(
        _ id: String, _ territory: String, _ permissions: [Permission], at level: HierarchyLevel = .region
    ) -> UserContext {
        UserContext(
            userId: id, role: .gtPlanner,
            assignments: [Assignment(territoryId: territory, level: level, permissions: permissions)])
    }
}
