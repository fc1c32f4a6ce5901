import Domain
import Foundation
import Jobs
import Logging
import Testing

@testable import Notifier

/// The hub against a stream that fails, falls silent and begins anew.
@Suite struct EventHubTests {
    private let broker = StreamBroker()
    private let catalog = MemoryCatalog()
    private let admin = MailboxSink()

    private func withHub(_ body: (EventHub) async throws -> Void) async throws {
        var configuration = HubConfiguration()
        configuration.silenceLimit = .milliseconds(200)
        let hub = EventHub(
            broker: broker, catalog: catalog, configuration: configuration, logger: Logger(label: "hub test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hub.run() }
            try await body(hub)
            group.cancelAll()
        }
    }

    private func tell(_ sequence: Int64, _ subject: String = "import:a", log: String = "log-1") {
        let event = event(subject, sequence)
        catalog.set(SubjectState(subject: subject, sequence: sequence, type: event.type, data: event.data))
        broker.append(message(event, log: log))
    }

    @Test func aFirstSubscriptionBeginsWithTheState() async throws {
        try await withHub { hub in
            tell(1)
            tell(2)
            let socket = hub.connect(admin)
            try await hub.subscribe(socket, to: [.importSession("a"), .importSession("never")], position: nil)
            let subscribed = try await admin.subscribed()
            #expect(subscribed.recovered == nil)
            #expect(subscribed.sequence == 2)
            #expect(subscribed.stateType == .importProgress)
            let never = try await admin.subscribed()
            #expect(never.sequence == 0)
            #expect(never.state == nil)
            tell(3)
            #expect(try await admin.event().sequence == 3)
        }
    }

    @Test func aClientThatComesBackGetsWhatItMissed() async throws {
        try await withHub { hub in
            tell(1)
            let socket = hub.connect(admin)
            try await hub.subscribe(socket, to: [.importSession("a")], position: nil)
            _ = try await admin.subscribed()
            tell(2)
            let last = try await admin.event()
            hub.disconnect(socket)
            tell(3)
            tell(4)
            tell(1, "import:b")

            // Another client sees the last of them: the hub has them all.
            let witness = MailboxSink()
            try await hub.subscribe(hub.connect(witness), to: [.importSession("b")], position: nil)
            _ = try await witness.subscribed()
            tell(2, "import:b")
            _ = try await witness.event()

            let back = MailboxSink()
            let position = ClientPosition(log: last.log, offset: last.offset, sequences: ["import:a": 2])
            try await hub.subscribe(hub.connect(back), to: [.importSession("a")], position: position)
            let subscribed = try await back.subscribed()
            #expect(subscribed.recovered == true)
            #expect(subscribed.state == nil)
            #expect(try await back.event().sequence == 3)
            #expect(try await back.event().sequence == 4)
            tell(5)
            #expect(try await back.event().sequence == 5)

            let wrong = MailboxSink()
            let elsewhere = ClientPosition(log: "log-0", offset: last.offset, sequences: ["import:a": 2])
            try await hub.subscribe(hub.connect(wrong), to: [.importSession("a")], position: elsewhere)
            let lost = try await wrong.subscribed()
            #expect(lost.recovered == false)
            #expect(lost.sequence == 5)
            #expect(lost.state != nil)
        }
    }

    /// As after a restart of the server: clients are back before the log is read. Seen red with the wait left out: the
    /// client was told that its events were lost.
    @Test func aClientThatIsBackBeforeTheLogIsReadMissesNothing() async throws {
        try await withHub { hub in
            let back = MailboxSink()
            let position = ClientPosition(log: "log-1", offset: 1, sequences: ["import:a": 1])
            async let subscribed: Void = hub.subscribe(hub.connect(back), to: [.importSession("a")], position: position)
            for sequence in 1...3 { tell(Int64(sequence)) }
            try await subscribed
            #expect(try await back.subscribed().recovered == true)
            #expect(try await back.event().sequence == 2)
            #expect(try await back.event().sequence == 3)
        }
    }

    /// What happens between the catalog's read and the join is told once.
    @Test func nothingIsLostWhileTheStateIsRead() async throws {
        let gate = Mailbox<Void>()
        let reached = Mailbox<Void>()
        let gated = MemoryCatalog {
            reached.put(())
            do { try await gate.next() } catch { Issue.record("\(error)") }
        }
        let hub = EventHub(broker: broker, catalog: gated, logger: Logger(label: "hub test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await hub.run() }
            let witness = MailboxSink()
            let socket = hub.connect(admin)
            gate.put(())
            try await hub.subscribe(hub.connect(witness), to: [.importSession("w")], position: nil)
            _ = try await witness.subscribed()
            try await reached.next()
            async let joined: Void = hub.subscribe(socket, to: [.importSession("a")], position: nil)
            try await reached.next()
            for sequence in Int64(1)...3 { broker.append(message(event("import:a", sequence))) }
            broker.append(message(event("import:w", 1)))
            _ = try await witness.event()
            gated.set(
                SubjectState(subject: "import:a", sequence: 2, type: .importProgress, data: Data("{}".utf8)))
            gate.put(())
            try await joined
            #expect(try await admin.subscribed().sequence == 2)
            #expect(try await admin.event().sequence == 3)
            broker.append(message(event("import:a", 4)))
            #expect(try await admin.event().sequence == 4)
            group.cancelAll()
        }
    }

    @Test func afterAnErrorItGoesOnWhereItWas() async throws {
        try await withHub { hub in
            let socket = hub.connect(admin)
            try await hub.subscribe(socket, to: [.importSession("a")], position: nil)
            _ = try await admin.subscribed()
            tell(1)
            #expect(try await admin.event().sequence == 1)
            broker.fail(refusals: 2)
            tell(2)
            #expect(try await admin.event().sequence == 2)
            #expect(broker.positions == [.first, .offset(0)])
            #expect(hub.metrics.droppedDuplicates == 1)
        }
    }

    // Seen red with the reader not watched: an offset beyond the end is never answered.
    @Test func aLogThatWasBegunAnewIsReadFromItsBeginning() async throws {
        try await withHub { hub in
            let socket = hub.connect(admin)
            try await hub.subscribe(socket, to: [.importSession("a")], position: nil)
            _ = try await admin.subscribed()
            for sequence in Int64(1)...5 {
                tell(sequence)
                _ = try await admin.event()
            }
            broker.recreate()
            broker.fail()
            tell(6, log: "log-2")
            let item = try await admin.mailbox.next()
            guard case .close(let close) = item else {
                Issue.record("not asked back: \(item)")
                return
            }
            #expect(close.code == .logBegunAnew)
            #expect(SocketClose.adviceToReconnect(in: close.reason) != nil)
            #expect(hub.log == "log-2")
        }
    }
}
