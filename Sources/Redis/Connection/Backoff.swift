/// Waits between attempts to connect: exponential with full jitter (M. Brooker, "Exponential Backoff And Jitter",
/// 2015), so that clients which lost their server together do not return together.
struct Backoff {
    let minimum: Duration
    let maximum: Duration
    private var attempt = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = max(minimum, maximum)
    }

    /// The next wait: between zero and `minimum` doubled with every attempt, at most `maximum`.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        // 2^20 times any sensible minimum is beyond any sensible maximum.
        let ceiling = min(maximum, minimum * (1 << min(attempt, 20)))
        attempt += 1
        return ceiling * Double.random(in: 0...1, using: &generator)
    }

    /// A connection has lasted: the next failure begins anew.
    mutating func reset() { attempt = 0 }
}
