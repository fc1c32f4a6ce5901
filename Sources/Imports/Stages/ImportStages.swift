package import Catalog
import Domain
package import Jobs
import Logging
package import ObjectStore

/// The handlers of the import jobs, by work queue.
package struct ImportStages: Sendable {
    let catalog: any Catalog
    let store: any ObjectStore
    let hotState: any ImportHotState
    let limits: ImportLimits
    let plans = PlanCache()

    package init(
        catalog: any Catalog, store: any ObjectStore, hotState: any ImportHotState,
        limits: ImportLimits = ImportLimits()
    ) {
        self.catalog = catalog
        self.store = store
        self.hotState = hotState
        self.limits = limits
    }

    /// The queues that a worker with the import role consumes.
    /// - Parameter chunksAtOnce: chunks that are parsed at the same time.
    package func workerQueues(chunksAtOnce: Int) -> [WorkerQueue] {
        [
            WorkerQueue(.importValidateSchema, concurrency: 2, handler: ValidateSchemaHandler(stages: self)),
            WorkerQueue(.importValidateChunk, concurrency: chunksAtOnce, handler: ValidateChunkHandler(stages: self)),
            WorkerQueue(.importResolve, concurrency: 1, handler: ResolveHandler(stages: self)),
            WorkerQueue(.importMerge, concurrency: 1, handler: MergeHandler(stages: self)),
        ]
    }
}
