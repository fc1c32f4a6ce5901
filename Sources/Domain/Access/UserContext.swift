/// The specification's roles (section 7.2).
package enum Role: String, Sendable, Codable {
    case admin = "ADMIN"
    case gtPlanner = "GT_PLANNER"
    case mtPlanner = "MT_PLANNER"
    case distributorUser = "DT_USER"
}

/// The specification's permissions (section 7.2).
package enum Permission: String, Sendable, Codable, CaseIterable {
    case viewTerritory = "VIEW_TERRITORY"
    case planGTRoutes = "PLAN_GT_ROUTES"
    case planMTRoutes = "PLAN_MT_ROUTES"
    case optimizeRoutes = "OPTIMIZE_ROUTES"
    case overrideChanges = "OVERRIDE_CHANGES"
    case importData = "IMPORT_DATA"
    case manageUsers = "MANAGE_USERS"
}

/// Who asks, and what they were assigned.
package struct UserContext: Sendable, Codable, Equatable {
    /// What a user may do in a territory and below it.
    package struct Assignment: Sendable, Codable, Equatable {
        package var territoryId: String
        package var level: HierarchyLevel
        package var permissions: [Permission]

        package init(territoryId: String, level: HierarchyLevel, permissions: [Permission]) {
            self.territoryId = territoryId
            self.level = level
            self.permissions = permissions
        }
    }

    package var userId: String
    package var role: Role
    package var assignments: [Assignment]

    package init(userId: String, role: Role, assignments: [Assignment] = []) {
        self.userId = userId
        self.role = role
        self.assignments = assignments
    }
}
