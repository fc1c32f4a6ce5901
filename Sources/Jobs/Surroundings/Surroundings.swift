package import Foundation

/// Where the runtime takes time and chance from: the machine, or a simulation that repeats a run from its seed.
package struct Surroundings: Sendable {
    /// Since any fixed instant.
    package let now: @Sendable () -> Duration
    package let date: @Sendable () -> Date
    package let sleep: @Sendable (Duration) async throws -> Void
    package let random: @Sendable (ClosedRange<Int>) -> Int

    package init(
        now: @escaping @Sendable () -> Duration, date: @escaping @Sendable () -> Date,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable (ClosedRange<Int>) -> Int
    ) {
        self.now = now
        self.date = date
        self.sleep = sleep
        self.random = random
    }

    /// Those of the task that asks, and of all that it begins.
    @TaskLocal package static var current = machine

    private static let start = ContinuousClock.now

    /// The machine's own clock and random numbers.
    package static let machine = Surroundings(
        now: { ContinuousClock.now - start }, date: { .now }, sleep: { try await Task.sleep(for: $0) },
        random: { .random(in: $0) })
}
