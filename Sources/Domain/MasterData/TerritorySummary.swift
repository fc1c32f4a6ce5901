/// A territory as the list shows it: who it is, and its metrics.
package struct TerritorySummary: Sendable, Codable, Equatable {
    package let territoryId: String
    package let territoryName: String
    package let level: String
    package let parentId: String?
    package let outlets: Int
    package let gtOutlets: Int
    package let mtOutlets: Int
    package let routes: Int
    /// Catalog version at which the territory last changed.
    package let version: Int64

    package init(
        territoryId: String, territoryName: String, level: String, parentId: String?, outlets: Int, gtOutlets: Int,
        mtOutlets: Int, routes: Int, version: Int64
    ) {
        self.territoryId = territoryId
        self.territoryName = territoryName
        self.level = level
        self.parentId = parentId
        self.outlets = outlets
        self.gtOutlets = gtOutlets
        self.mtOutlets = mtOutlets
        self.routes = routes
        self.version = version
    }
}
