import Domain
import Foundation
import Testing

@testable import Notifier

/// Peers that break the rules, fall silent or do not read.
@Suite struct HostilePeerTests {
    @Test func whatBreaksTheRulesCloses() async throws {
        try await TestServer.with { server in
            let unmasked = try await server.client("anna")
            try await unmasked.send(opcode: 1, Array("{}".utf8), masked: false)
            #expect(try await unmasked.close().code == 1002)

            let binary = try await server.client("anna")
            try await binary.send(opcode: 2, [1, 2, 3])
            #expect(try await binary.close().code == 1003)

            let large = try await server.client("anna")
            try await large.send(opcode: 1, Array(repeating: UInt8(ascii: " "), count: 70_000))
            #expect(try await large.close().code == 1009)

            let fragments = try await server.client("anna")
            let third = Array(repeating: UInt8(ascii: " "), count: 30_000)
            try await fragments.send(opcode: 1, third, fin: false)
            try await fragments.send(opcode: 0, third, fin: false)
            try await fragments.send(opcode: 0, third)
            #expect(try await fragments.close().code == 1009)

            let babbling = try await server.client("anna")
            for _ in 0..<10 { try await babbling.send(opcode: 1, Array("nonsense".utf8)) }
            for _ in 0..<10 { _ = try await babbling.failure() }
            #expect(try await babbling.close().code == 1008)
        }
    }

    /// Frames that come faster than they are dealt with wait in a bounded inbox.
    @Test func aFloodCloses() async throws {
        try await TestServer.with { server in
            let flood = try await server.client("anna")
            try await flood.send(.ping, times: 20_000)
            #expect(try await flood.close().code == 1008)
        }
    }

    @Test func fragmentsAndPingsAreUnderstood() async throws {
        try await TestServer.with { server in
            let client = try await server.client("anna")
            try await client.send(opcode: 1, Array(#"{"type":"#.utf8), fin: false)
            try await client.send(opcode: 9, Array("in between".utf8))
            try await client.send(opcode: 0, Array(#""ping"}"#.utf8))
            #expect(try await client.mailbox.next() == .pong(Data("in between".utf8)))
            #expect(try await client.frame() == .pong)
            try await client.send(opcode: 8, [0x03, 0xE8])
            #expect(try await client.close().code == 1000)
            #expect(try await client.mailbox.next() == .ended)
        }
    }

    // Seen red with the heartbeat never answering `.gone`.
    @Test func aSilentPeerIsClosedAndOneThatAnswersIsNot() async throws {
        try await TestServer.with({
            $0.heartbeat = .seconds(2)
            $0.pongGrace = .milliseconds(1500)
        }) { server in
            let silent = try await server.client("anna")
            let lively = try await server.client("anna")
            #expect(try await silent.mailbox.next() == .ping)
            for _ in 0..<2 {
                #expect(try await lively.mailbox.next() == .ping)
                try await lively.send(opcode: 10, [])
            }
            #expect(try await silent.close().code == 4000)
            try await lively.send(.ping)
            #expect(try await lively.frame() == .pong)
        }
    }

    /// Fault 16. One client never reads; what waits for it stays within its bound, progress is coalesced, and the
    /// other client gets everything. When even ends do not fit, the slow one is told to come back.
    ///
    /// Seen red with a queue without a bound.
    @Test func aClientThatDoesNotReadIsBoundedAndHindersNobody() async throws {
        try await TestServer.with({ $0.maxQueueBytes = 256 << 10 }) { server in
            let slow = try await server.client("root@ADMIN", receiveBuffer: 4_096)
            try await slow.send(.subscribe(topics: ["import:a", "import:b"], position: nil))
            _ = try await slow.subscribed()
            _ = try await slow.subscribed()
            try await slow.setReading(false)
            let quick = try await server.client("root@ADMIN")
            try await quick.send(.subscribe(topics: ["import:a", "import:c"], position: nil))
            _ = try await quick.subscribed()
            _ = try await quick.subscribed()

            var last: Int64 = 0
            var most = 0
            for sequence in Int64(1)...600 {
                server.tell("import:a", sequence, padding: 32 << 10)
                // The quick client keeps pace, so it is spared nothing.
                let event = try await quick.event()
                #expect(event.sequence == last + 1 + Int64(event.coalesced))
                last = event.sequence
                most = max(most, server.hub.metrics.queuedBytes)
            }
            #expect(last == 600)
            // Two sockets; the slow one's queue is at its bound, the quick one's nearly empty.
            #expect(most > 128 << 10 && most < 512 << 10, "\(most) bytes waited")
            #expect(server.hub.metrics.coalesced > 0)
            #expect(server.hub.metrics.overflowCloses == 0)

            for number in Int64(1)...100 { server.tell("import:b", number, .importFinished, padding: 32 << 10) }
            server.tell("import:c", 1)
            #expect(try await quick.event().topic == "import:c")
            #expect(server.hub.metrics.overflowCloses == 1)

            try await slow.setReading(true)
            var seen: [String: Int64] = [:]
            while true {
                switch try await slow.mailbox.next() {
                case .text(let text):
                    guard case .event(let event) = try ServerFrame(json: text) else { continue }
                    #expect(event.sequence == seen[event.topic, default: 0] + 1 + Int64(event.coalesced))
                    seen[event.topic] = event.sequence
                case .close(let code, let reason):
                    #expect(code == 4008)
                    #expect(CloseCode(rawValue: code)?.isReconnectable == true)
                    #expect(!reason.isEmpty)
                    return
                case let item:
                    Issue.record("\(item)")
                    return
                }
            }
        }
    }

    /// Fault 17: everyone is told to come back, each after a delay of its own, and a peer that neither reads nor
    /// answers does not hold the server.
    ///
    /// Seen red with the handler's last resort put off: the server waited for the deaf one.
    @Test func shutdownTellsEverybodyAndWaitsForNobody() async throws {
        let began = ContinuousClock.now
        try await TestServer.with { server in
            let idle = try await server.client("anna")
            let polite = try await server.client("anna")
            let deaf = try await server.client("anna")
            try await deaf.setReading(false)
            await server.services.triggerGracefulShutdown()
            for client in [idle, polite] {
                let close = try await client.close()
                #expect(close.code == 1001)
                #expect(SocketClose.adviceToReconnect(in: close.reason) != nil)
            }
            try await polite.send(opcode: 8, [0x03, 0xE9])
            #expect(try await polite.mailbox.next() == .ended)
        }
        // The deadline for a close is 2 s here.
        #expect(ContinuousClock.now - began < .seconds(10))
    }
}
