import Jobs
import Logging

/// What records dead letters, as Operations does it on the real catalog.
struct SimRecorder: Sendable {
    let store: SimStoreHandle
    let broker: SimConnection
    let logger: Logger

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for queue in WorkQueue.allCases { group.addTask { await record(queue) } }
        }
    }

    private func record(_ queue: WorkQueue) async {
        await ConsumerLoop(broker: broker, queue: queue.deadLetterQueue, prefetch: 4, logger: logger).run { letters in
            for try await letter in letters.deliveries {
                if let chance = DeadLetterMessage.toAbandon(letter.message, from: queue) {
                    try await broker.publish([chance])
                } else {
                    try await store.transaction { $0.bury(letter.message.id ?? "") }
                }
                try await letter.ack()
            }
        }
    }
}
