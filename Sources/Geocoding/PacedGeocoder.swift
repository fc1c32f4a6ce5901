package import Domain
import Jobs
import Synchronization

/// A provider as this process asks it: never faster than it allows, not while it wants to be left alone, and for one job at
/// a time.
package final class PacedGeocoder: Sendable {
    /// What came of the questions so far.
    package struct Statistics: Sendable, Equatable {
        package var found = 0
        package var unknown = 0
        package var failed = 0
    }

    private struct State {
        /// When the next question may be asked.
        var next = Duration.zero
        /// When the provider may be asked again after it wanted to be left alone.
        var opens = Duration.zero
        var isTaken = false
        var statistics = Statistics()
    }

    /// A provider that asks for more is asked again after this.
    private static let longestPause = Duration.seconds(3600)

    private let geocoder: any Geocoder
    private let interval: Duration
    private let state = Mutex(State())

    /// - Parameter perSecond: questions a second at most.
    package init(_ geocoder: any Geocoder, perSecond: Int) {
        self.geocoder = geocoder
        interval = .seconds(1) / max(1, perSecond)
    }

    /// The provider's name.
    package var provider: String { geocoder.provider }

    /// Whatever answers depend on beside provider and address.
    package var bias: String { geocoder.bias }

    package var statistics: Statistics { state.withLock { $0.statistics } }

    /// For how long the provider still wants to be left alone; nil when it may be asked.
    package var pause: Duration? {
        let left = state.withLock { $0.opens } - Surroundings.current.now()
        return left > .zero ? left : nil
    }

    /// Takes the provider for one job; false while another has it. A job whose message was handed on leaves its place in
    /// the queue to the next one, and both would share the pace.
    package func take() -> Bool {
        state.withLock { state in
            if state.isTaken { return false }
            state.isTaken = true
            return true
        }
    }

    /// Leaves the provider to the next job.
    package func giveBack() { state.withLock { $0.isTaken = false } }

    /// The place of an address, when it is its turn; nil when the provider knows none.
    /// - Throws: `GeocoderError`, `CancellationError`.
    package func locate(_ address: String) async throws -> Coordinates? {
        let now = Surroundings.current.now()
        let start = state.withLock { state in
            let start = max(now, state.next)
            state.next = start + interval
            return start
        }
        if start > now { try await Surroundings.current.sleep(start - now) }
        do {
            let place = try await geocoder.locate(address)
            state.withLock { state in
                if place == nil { state.statistics.unknown += 1 } else { state.statistics.found += 1 }
            }
            return place
        } catch {
            note(error)
            throw error
        }
    }

    private func note(_ error: any Error) {
        let now = Surroundings.current.now()
        state.withLock { state in
            state.statistics.failed += 1
            guard let pause = (error as? GeocoderError)?.retryAfter else { return }
            state.opens = max(state.opens, now + min(pause, Self.longestPause))
        }
    }
}
