import ServiceLifecycle

/// Exponential back-off with full jitter, 5 s at most.
package enum BackOff {
    /// Waits before the next try; shutdown and cancellation end the wait.
    package static func pause(afterFailures failures: Int) async {
        let ceiling = min(5000, 50 << min(failures, 7))
        await cancelledAtShutdown {
            do {
                let surroundings = Surroundings.current
                try await surroundings.sleep(.milliseconds(surroundings.random(1...ceiling)))
            } catch {
                // Cancelled: whoever waits looks next whether to go on.
            }
        }
    }
}
