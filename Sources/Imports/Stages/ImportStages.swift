package import Catalog
import Domain
package import Jobs
import Logging
package import ObjectStore

/// The handlers of the import jobs, by work queue.
package struct ImportStages: Sendable {
    let catalog: any MergingCatalog
    let store: any ObjectStore
    let hotState: any ImportHotState
    let limits: ImportLimits
    /// Whether a merge asks for coordinates of the outlets that have none.
    let asksForGeocoding: Bool
    let plans = PlanCache()
    let knownRecords = KnownRecordsCache()

    package init(
        catalog: any MergingCatalog, store: any ObjectStore, hotState: any ImportHotState,
        limits: ImportLimits = ImportLimits(), asksForGeocoding: Bool = false
    ) {
        self.catalog = catalog
        self.store = store
        self.hotState = hotState
        self.limits = limits
        self.asksForGeocoding = asksForGeocoding
    }

    /// The queues that a worker with the import role consumes.
    /// - Parameter policy: how the jobs of each are run.
    package func workerQueues(_ policy: (WorkQueue) -> QueuePolicy) -> [WorkerQueue] {
        func queue(_ queue: WorkQueue, _ handler: some JobHandler) -> WorkerQueue {
            WorkerQueue(queue, policy(queue), handler: handler)
        }
        return [
            queue(.importValidateSchema, ValidateSchemaHandler(stages: self)),
            queue(.importValidateChunk, ValidateChunkHandler(stages: self)),
            queue(.importResolve, ResolveHandler(stages: self)),
            queue(.importMerge, MergeHandler(stages: self)),
            queue(.importRollback, RollbackHandler(stages: self)),
        ]
    }
}
