import Catalog
import Jobs

/// How a work queue stands.
package struct QueueStatus: Sendable, Codable, Equatable {
    package var name: String
    /// Jobs that wait for a worker.
    package var ready: Int
    /// Jobs in a worker's hands or waiting for their next attempt.
    package var unacked: Int
    package var consumers: Int
    /// Age of the oldest job without effect; nil when there is none.
    package var oldestSeconds: Double?
    /// Dead letters that nobody replayed, those still on their way to the catalog included.
    package var dead: Int
    /// Jobs asked for and jobs done in the last minute, per second.
    package var inPerSecond: Double
    package var outPerSecond: Double
    /// Until what waits is done, at these rates; nil when nothing waits, when nothing was done yet, and while it grows.
    package var drainSeconds: Double?
    /// Whether clearly more came than was done.
    package var growing: Bool
    /// Whether no more jobs are taken from it until it is resumed.
    package var paused: Bool
    /// What makes these numbers less than sure.
    package var note: String?

    package init(
        name: String, ready: Int, unacked: Int, consumers: Int, oldestSeconds: Double?, dead: Int,
        inPerSecond: Double = 0, outPerSecond: Double = 0, drainSeconds: Double? = nil, growing: Bool = false,
        paused: Bool = false,
        note: String? = nil
    ) {
        self.name = name
        self.ready = ready
        self.unacked = unacked
        self.consumers = consumers
        self.oldestSeconds = oldestSeconds
        self.dead = dead
        self.inPerSecond = inPerSecond
        self.outPerSecond = outPerSecond
        self.drainSeconds = drainSeconds
        self.growing = growing
        self.paused = paused
        self.note = note
    }

    /// Puts together what catalog and broker say.
    /// - Parameter depths: the broker's; nil when it was not reached.
    init(
        of queue: WorkQueue, pending: PendingJobs?, recordedDead: Int, depths: BrokerDepths?, pause: PausedQueue? = nil,
        rates: JobCounts? = nil
    ) {
        let count = pending?.count ?? 0
        let unpublished = pending?.unpublished ?? 0
        let published = max(0, count - unpublished)
        name = queue.rawValue
        oldestSeconds = count > 0 ? pending.map { ($0.oldestSeconds * 10).rounded() / 10 } : nil
        dead = recordedDead + (depths?.dead?.ready ?? 0)
        paused = pause != nil
        var notes: [String] = []
        if let pause { notes.append("\(queue.rawValue) was paused by \(pause.pausedBy) at \(pause.pausedAt)") }
        if unpublished > 0 { notes.append("\(unpublished) wait in the outbox") }
        if depths == nil {
            ready = published
            unacked = 0
            consumers = 0
            notes.append("the broker is not reached: ready counts what was published and has no effect yet")
        } else if let work = depths?.work {
            ready = work.ready
            unacked = max(0, published - work.ready)
            consumers = work.consumers
        } else {
            ready = 0
            unacked = published
            consumers = 0
            notes.append("the broker has no such queue: apply the topology (srto topology apply)")
        }
        inPerSecond = Self.rate(rates?.asked)
        outPerSecond = Self.rate(rates?.done)
        growing = count > 0 && Self.isGrowing(rates)
        drainSeconds = growing ? nil : Self.drain(count, rates)
        note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    /// Seconds over which jobs are counted.
    static let ratesOver = 60.0

    private static func rate(_ count: Int?) -> Double { (Double(count ?? 0) / ratesOver * 100).rounded() / 100 }

    /// Jobs that follow one another come as fast as they go: a tenth more, and two at least, is what counts as growing.
    private static func isGrowing(_ rates: JobCounts?) -> Bool {
        guard let rates else { return false }
        return Double(rates.asked - rates.done) > max(2, Double(rates.done) / 10)
    }

    /// What comes in the meantime counts where less comes than goes.
    private static func drain(_ waiting: Int, _ rates: JobCounts?) -> Double? {
        guard waiting > 0, let rates, rates.done > 0 else { return nil }
        let gain = Double(rates.done - rates.asked)
        let speed = gain > Double(rates.done) / 10 ? gain : Double(rates.done)
        return (Double(waiting) * ratesOver / speed * 10).rounded() / 10
    }

    enum CodingKeys: String, CodingKey {
        case name, ready, unacked, consumers, oldestSeconds, dead, inPerSecond, outPerSecond, drainSeconds
        case growing, paused, note
    }

    /// `oldestSeconds` and `drainSeconds` are always there, null when there is nothing to say.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(ready, forKey: .ready)
        try container.encode(unacked, forKey: .unacked)
        try container.encode(consumers, forKey: .consumers)
        try container.encode(oldestSeconds, forKey: .oldestSeconds)
        try container.encode(dead, forKey: .dead)
        try container.encode(inPerSecond, forKey: .inPerSecond)
        try container.encode(outPerSecond, forKey: .outPerSecond)
        try container.encode(drainSeconds, forKey: .drainSeconds)
        try container.encode(growing, forKey: .growing)
        try container.encode(paused, forKey: .paused)
        try container.encodeIfPresent(note, forKey: .note)
    }
}

/// What the broker says of a work queue and of its dead-letter queue; nil for one that it does not have.
struct BrokerDepths: Sendable, Equatable {
    var work: QueueDepth?
    var dead: QueueDepth?
}
