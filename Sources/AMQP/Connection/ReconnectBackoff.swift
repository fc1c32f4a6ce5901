/// Exponential back-off with full jitter: a wait is drawn evenly from zero to a ceiling that doubles with every failure.
struct ReconnectBackoff {
    private let minimum: Duration
    private let maximum: Duration
    private var ceiling: Duration

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
        ceiling = minimum
    }

    /// How long to wait. A connection that held for longer than the longest wait starts the count anew.
    mutating func next(
        afterHolding held: Duration, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        if held >= maximum { ceiling = minimum }
        let wait = ceiling * Double.random(in: 0...1, using: &generator)
        ceiling = min(ceiling * 2, maximum)
        return wait
    }
}
