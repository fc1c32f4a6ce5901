/// Exponential back-off with full jitter: each pause is drawn between nothing and a ceiling that doubles.
struct BackOff: Sendable {
    let base: Duration
    let ceiling: Duration
    private(set) var attempts = 0

    init(base: Duration = .milliseconds(200), ceiling: Duration = .seconds(5)) {
        self.base = base
        self.ceiling = ceiling
    }

    /// The longest that the next pause can be.
    var bound: Duration { min(ceiling, base * (1 << min(attempts, 16))) }

    /// The next pause.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let pause = bound * Double.random(in: 0...1, using: &generator)
        attempts += 1
        return pause
    }

    /// The next pause, of the system's randomness.
    mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// Something went well: begin afresh.
    mutating func reset() { attempts = 0 }
}
