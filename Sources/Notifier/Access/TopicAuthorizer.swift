package import Catalog
package import Domain

/// Decides who may follow what.
package struct TopicAuthorizer: Sendable {
    private let catalog: any Catalog

    package init(catalog: any Catalog) {
        self.catalog = catalog
    }

    /// Those of `topics` that the user may follow, as things stand now.
    ///
    /// A session or territory that does not exist is refused like one that is not the user's, so that nobody learns
    /// which ids there are.
    /// - Throws: what the catalog throws.
    package func allowed(_ topics: [Topic], for user: UserContext) async throws -> Set<Topic> {
        // Queues need no look into the catalog: they are the administrator's.
        let queues: Set<Topic> = user.role == .admin && topics.contains(.queues) ? [.queues] : []
        let asked = topics.filter { $0 != .queues }
        guard !asked.isEmpty else { return queues }
        return try await catalog.read { reader in
            try queues.union(asked.filter { try Self.may(user, follow: $0, by: reader) })
        }
    }

    private static func may(_ user: UserContext, follow topic: Topic, by reader: any CatalogReader) throws -> Bool {
        switch topic {
        case .importSession(let id):
            try reader.session(id).map { user.maySeeSession(ownedBy: $0.userID) } ?? false
        case .territory(let id):
            try Self.may(user, view: reader.path(ofTerritory: id))
        case .queues:
            user.role == .admin
        }
    }

    /// The path of a territory that is not there is empty.
    private static func may(_ user: UserContext, view path: [String]) -> Bool {
        !path.isEmpty && user.may(.viewTerritory, inTerritoryWithPath: path)
    }
}
