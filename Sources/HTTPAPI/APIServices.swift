package import Imports
package import ObjectStore
package import Operations
package import Snapshots

/// What the routes call.
package struct APIServices: Sendable {
    package var imports: ImportService
    package var snapshots: SnapshotService
    package var operations: OperationsService
    package var objects: any ObjectStore
    package var metrics: PrometheusRegistry
    package var tokens: TokenAuthority
    /// How clients reach this server, without a trailing slash; nil where the request's Host header says it.
    package var publicURL: String?
    /// Whether each dependency can be used.
    package var health: @Sendable () async -> [DependencyHealth]

    package init(
        imports: ImportService, snapshots: SnapshotService, operations: OperationsService, objects: any ObjectStore,
        metrics: PrometheusRegistry, tokens: TokenAuthority, publicURL: String?,
        health: @Sendable @escaping () async -> [DependencyHealth]
    ) {
        self.imports = imports
        self.snapshots = snapshots
        self.operations = operations
        self.objects = objects
        self.metrics = metrics
        self.tokens = tokens
        self.publicURL = publicURL
        self.health = health
    }
}
