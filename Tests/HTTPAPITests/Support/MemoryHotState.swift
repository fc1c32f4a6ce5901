import Domain
import Imports
import Synchronization

/// The finer progress of running stages, in memory.
final class MemoryHotState: ImportHotState {
    private let advances = Mutex<[String: [ImportStage: Advance]]>([:])

    func advance(_ stage: ImportStage, ofSession id: String, to done: Int64, of total: Int64) async {
        advances.withLock { advances in
            let said = advances[id]?[stage]?.done ?? 0
            if done > said { advances[id, default: [:]][stage] = Advance(done: done, total: total) }
        }
    }

    func stages(ofSession id: String) async -> [ImportStage: Advance] {
        advances.withLock { $0[id] ?? [:] }
    }
}
