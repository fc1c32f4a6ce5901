import NIOCore
import TestSupport
import Testing

@testable import AMQP

@Suite struct TimingTests {
    private func at(_ seconds: Double) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds * 1e9)) }

    @Test func aHeartbeatIsSentWhenNothingWasWritten() {
        var monitor = HeartbeatMonitor(intervalSeconds: 10, now: at(0))
        #expect(monitor.verdict(at(4)) == .nothing)
        #expect(monitor.verdict(at(5)) == .send)
        monitor.didWrite(at(5))
        #expect(monitor.verdict(at(9)) == .nothing)
        // Half an interval, asked four times an interval: never later than three quarters.
        #expect(monitor.tick == .milliseconds(2500))
    }

    @Test func aPeerSilentForTwoIntervalsIsDead() {
        var monitor = HeartbeatMonitor(intervalSeconds: 10, now: at(0))
        monitor.didRead(at(3))
        monitor.didWrite(at(22))
        #expect(monitor.verdict(at(22.9)) == .nothing)
        #expect(monitor.verdict(at(23)) == .dead)
    }

    @Test func waitsGrowToTheMaximumWithFullJitter() {
        var generator = SeededGenerator(state: 1)
        var backoff = ReconnectBackoff(minimum: .milliseconds(100), maximum: .seconds(1))
        var ceiling = Duration.milliseconds(100)
        var waits: [Duration] = []
        for _ in 0..<200 {
            let wait = backoff.next(afterHolding: .zero, using: &generator)
            #expect(wait >= .zero && wait <= ceiling)
            waits.append(wait)
            ceiling = min(ceiling * 2, .seconds(1))
        }
        #expect(waits.contains { $0 > .milliseconds(900) } && waits.contains { $0 < .milliseconds(100) })
        #expect(backoff.next(afterHolding: .seconds(1), using: &generator) <= .milliseconds(100))
    }

    /// With a ceiling of five seconds a worker came back 5.1 s after its broker (`make endurance`).
    @Test func afterALongOutageABrokerThatIsBackIsFoundWithinASecond() {
        let configuration = AMQPConfiguration()
        var generator = SeededGenerator(state: 2)
        var backoff = ReconnectBackoff(
            minimum: configuration.reconnectMinimum, maximum: configuration.reconnectMaximum)
        for _ in 0..<200 {
            #expect(backoff.next(afterHolding: .zero, using: &generator) <= .seconds(1))
        }
    }
}
