extension UserContext {
    /// Whether the user holds `permission` in the territory whose ancestors are `path` (itself first, root last).
    /// An assignment counts for everything below it (section 7.3).
    package func may(_ permission: Permission, inTerritoryWithPath path: [String]) -> Bool {
        role == .admin
            || assignments.contains { path.contains($0.territoryId) && $0.permissions.contains(permission) }
    }

    /// Whether the user may open and start imports. Which rows of their files are taken, each row's territory decides.
    package var mayImport: Bool {
        role == .admin || assignments.contains { $0.permissions.contains(.importData) }
    }

    /// Whether the user may see and follow a session that `owner` opened.
    package func maySeeSession(ownedBy owner: String) -> Bool {
        role == .admin || userId == owner
    }
}
