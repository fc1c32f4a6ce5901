import TestSupport
import Testing

@testable import Redis

/// What a slow reader finds, without a server. Seen red with a buffer that never makes room.
@Suite struct SubscriptionBufferTests {
    private let loss = RedisError(.connectionLost, "lost")

    private func message(_ number: Int, bytes: Int = 1) -> RedisMessage {
        RedisMessage(channel: "c", bytes: Array(repeating: UInt8(truncatingIfNeeded: number), count: bytes))
    }

    /// Each event as a word.
    private func words(_ buffer: inout SubscriptionBuffer) -> [String] {
        var words: [String] = []
        while let event = buffer.next() { words.append(word(event)) }
        return words
    }

    private func word(_ event: RedisSubscriptionEvent) -> String {
        switch event {
        case .subscribed: "subscribed"
        case .message(let message): "\(message.bytes.first ?? 0)"
        case .interrupted(let error): "interrupted: \(error.code)"
        case .overflowed(let missed): "missed \(missed)"
        }
    }

    @Test func keepsTheOrder() {
        var buffer = SubscriptionBuffer(maximumEvents: 10, maximumBytes: 100)
        buffer.subscribed()
        buffer.append(message(1))
        buffer.interrupted(loss)
        buffer.subscribed()
        buffer.append(message(2))
        #expect(words(&buffer) == ["subscribed", "1", "interrupted: connectionLost", "subscribed", "2"])
        #expect(buffer.count == 0 && buffer.bytes == 0)
    }

    @Test func whatASlowReaderOverflowsIsCounted() {
        var buffer = SubscriptionBuffer(maximumEvents: 5, maximumBytes: 1000)
        for number in 1...12 { buffer.append(message(number)) }
        // 1 to 5 were let go for 6, and then 6 to 9 with the word of it for 10.
        #expect(words(&buffer) == ["missed 9", "10", "11", "12"])
    }

    @Test func bytesAreBoundedAsWell() {
        var buffer = SubscriptionBuffer(maximumEvents: 100, maximumBytes: 50)
        for number in 1...4 { buffer.append(message(number, bytes: 20)) }
        #expect(buffer.bytes <= 50)
        #expect(words(&buffer) == ["missed 2", "3", "4"])
    }

    @Test func messageThatNeverFitsIsCountedAlone() {
        var buffer = SubscriptionBuffer(maximumEvents: 100, maximumBytes: 50)
        buffer.append(message(1, bytes: 60))
        buffer.append(message(2))
        #expect(words(&buffer) == ["missed 1", "2"])
    }

    @Test func overflowForgetsNoInterruption() {
        var buffer = SubscriptionBuffer(maximumEvents: 4, maximumBytes: 1000)
        buffer.subscribed()
        buffer.append(message(1))
        buffer.interrupted(loss)
        buffer.subscribed()
        buffer.append(message(2))
        #expect(words(&buffer) == ["interrupted: connectionLost", "subscribed", "missed 1", "2"])
    }

    @Test func overflowWhileInterruptedDoesNotClaimASubscription() {
        var buffer = SubscriptionBuffer(maximumEvents: 4, maximumBytes: 1000)
        buffer.subscribed()
        for number in 1...3 { buffer.append(message(number)) }
        buffer.interrupted(loss)
        #expect(words(&buffer) == ["missed 3", "interrupted: connectionLost"])
    }

    /// Seen red with every other reason told.
    @Test func oneLossIsToldOnceAndWhatHasToBeMendedOnceMore() {
        var buffer = SubscriptionBuffer(maximumEvents: 10, maximumBytes: 100)
        buffer.interrupted(loss)
        buffer.interrupted(RedisError(.notConnected, "refused"))
        buffer.interrupted(RedisError(.refusedCredentials, "password"))
        buffer.interrupted(RedisError(.refusedCredentials, "password"))
        #expect(words(&buffer) == ["interrupted: connectionLost", "interrupted: refusedCredentials"])
    }

    /// Whatever happens in whatever order: bounded, in order, and every message either read or counted.
    @Test(arguments: 0..<UInt64(200)) func everyMessageIsReadOrCounted(_ seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        var buffer = SubscriptionBuffer(maximumEvents: 4 + Int(seed % 9), maximumBytes: 40)
        var (sent, seen, last, isSubscribed, claimed) = (0, 0, 0, false, false)
        func read(_ event: RedisSubscriptionEvent) {
            switch event {
            case .message(let message):
                let number = Int(message.bytes[0]) << 8 | Int(message.bytes[1])
                #expect(number > last, "seed \(seed)")
                (last, seen) = (number, seen + 1)
            case .overflowed(let missed): seen += missed
            case .subscribed: claimed = true
            case .interrupted: claimed = false
            }
        }
        for _ in 0..<500 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                sent += 1
                let size = Int.random(in: 2...45, using: &generator)
                var bytes = [UInt8](repeating: 0, count: size)
                (bytes[0], bytes[1]) = (UInt8(sent >> 8), UInt8(sent & 255))
                buffer.append(RedisMessage(channel: "c", bytes: bytes))
            case 6:
                buffer.subscribed()
                isSubscribed = true
            case 7:
                buffer.interrupted(loss)
                isSubscribed = false
            default: if let event = buffer.next() { read(event) }
            }
            #expect(buffer.count <= buffer.maximumEvents && buffer.bytes <= buffer.maximumBytes, "seed \(seed)")
        }
        while let event = buffer.next() { read(event) }
        #expect(seen == sent && claimed == isSubscribed && buffer.bytes == 0, "seed \(seed)")
    }
}
