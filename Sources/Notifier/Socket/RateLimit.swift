/// A token bucket: so many at once, so many a second afterwards.
struct RateLimit: Sendable {
    private let perSecond: Double
    private var tokens: Double
    private var last: ContinuousClock.Instant?

    init(perSecond: Int) {
        self.perSecond = Double(perSecond)
        tokens = Double(perSecond)
    }

    /// Whether one more is within the limit at `now`.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        if let last { tokens = min(perSecond, tokens + (now - last) / .seconds(1) * perSecond) }
        last = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
