import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterInstrument: CounterHandler {
    private let value = Atomic<Int64>(0)

    var count: Int64 { value.load(ordering: .relaxed) }

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }
}

/// A number that goes up and down.
final class GaugeInstrument: MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    var level: Double { value.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
}

/// How often a number fell below each bound; times are kept in seconds.
final class HistogramInstrument: TimerHandler, RecorderHandler {
    /// Counts so far.
    struct State: Equatable {
        /// Of each bound, and of what lies above the last.
        var counts: [Int]
        var sum = 0.0
    }

    /// Seconds, from a message's dispatch to a merge of millions of rows.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

    private let state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))

    var snapshot: State { state.withLock { $0 } }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }
}
