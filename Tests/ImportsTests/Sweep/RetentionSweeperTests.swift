import Catalog
import Domain
import Foundation
import Logging
import ObjectStore
import Testing

@testable import Imports

struct RetentionSweeperTests {
    private static let shop = [TestFile.territories("T1"), .distributors("D1", in: "T1")]

    private static func sweep(_ house: StageHouse, daysFromNow days: Double) async throws {
        let now = Date.now.addingTimeInterval(days * 86_400)
        let logger = Logger(label: "test")
        try await SessionSweeper(catalog: house.catalog, store: house.store, logger: logger).sweepOnce(at: now)
        try await RetentionSweeper(catalog: house.catalog, store: house.store, logger: logger).sweepOnce(at: now)
    }

    /// Ends the session's wait for snapshots, which no worker of this house makes.
    private static func finish(_ id: String, _ house: StageHouse) async throws {
        try await house.catalog.write { writer in
            guard var session = try writer.session(id) else { return }
            session.snapshotsDone = session.snapshotsTotal
            try writer.save(session)
        }
    }

    /// Seen red with the days of the uploads ignored.
    @Test func `uploads and report go after thirty days, marks with them, history after ninety`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let report = try await house.run(Self.shop)
            let id = report.progress.sessionId
            try await Self.finish(id, house)
            let date = try #require(try await house.session(id)?.openedOn)
            let file = ObjectLayout.processedFile(session: id, date: date, file: 0)
            let all = ObjectLayout.report(session: id, date: date)
            try await Self.sweep(house, daysFromNow: 29)
            #expect(try await house.store.size(file) != nil)
            #expect(try await house.store.size(all) != nil)
            #expect(try await house.catalog.read { try $0.changes(after: 0, limit: 9) }.count == 1)
            try await Self.sweep(house, daysFromNow: 31)
            #expect(try await house.store.size(file) == nil)
            #expect(try await house.store.size(all) == nil)
            #expect(try await house.catalog.read { try $0.changes(after: 0, limit: 9) }.count == 1)
            // It can still be undone, so that there may be something to tell.
            #expect(try await house.catalog.read { try $0.state(of: .importSession(id)) } != nil)
            try await Self.sweep(house, daysFromNow: 91)
            #expect(try await house.catalog.read { try $0.changes(after: 0, limit: 9) }.isEmpty)
            try await Self.sweep(house, daysFromNow: 91)
            #expect(try await house.catalog.read { try $0.state(of: .importSession(id)) } == nil)
            // How it ended is told as ever, and so is the audit.
            #expect(try await house.report(id).progress.status == .completed)
            #expect(try await house.catalog.read { try $0.auditEntries(AuditQuery(limit: 9)) }.count == 1)
        }
    }

    /// Seen red with the step left out of the sweep.
    @Test func `registers of known records go with the history that they need`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run(Self.shop)
            #expect(try await house.store.list(below: ObjectLayout.knownRecords).count == 2)
            try await Self.sweep(house, daysFromNow: 89)
            #expect(try await house.store.list(below: ObjectLayout.knownRecords).count == 2)
            try await Self.sweep(house, daysFromNow: 91)
            #expect(try await house.store.list(below: ObjectLayout.knownRecords).isEmpty)
        }
    }

    /// Seen red with the step left out of the sweep.
    @Test func `what geocoders answered goes after thirty days`() async throws {
        try await StageHouse.with { house in
            let key = GeocodeKey(provider: "google", addressHash: "x")
            try await house.catalog.write { try $0.remember(.unknown, for: key, at: .now) }
            try await Self.sweep(house, daysFromNow: 29)
            #expect(try await house.catalog.read { try $0.geocode(key, since: .distantPast) } == .unknown)
            try await Self.sweep(house, daysFromNow: 31)
            #expect(try await house.catalog.read { try $0.geocode(key, since: .distantPast) } == nil)
        }
    }

    @Test func `a session in the middle of its stages survives every sweep and goes on`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run(Self.shop)
            try await Self.finish(first.progress.sessionId, house)
            let id = try await house.open([.outlets("o1,One,General Trade,T1,D1,1,2")])
            _ = try await house.imports.process(session: id, by: house.producer)
            try await house.work(stoppingAt: .merge)
            // Nothing of it is old enough to be ended for standing still, as it was saved just now.
            let logger = Logger(label: "test")
            try await RetentionSweeper(catalog: house.catalog, store: house.store, logger: logger)
                .sweepOnce(at: Date.now.addingTimeInterval(400 * 86_400))
            try await house.work()
            #expect(try await house.session(id)?.status == .completed)
            #expect(try await house.report(id).progress.results.inserted == 1)
        }
    }

    @Test func `a session for which nothing was done is cleared without a trace of its uploads`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let first = try await house.run(Self.shop)
            let second = try await house.run(Self.shop, again: false)
            #expect(second.progress.sameAs == first.progress.sessionId)
            try await Self.sweep(house, daysFromNow: 1)
            let left = try await house.store.list(below: ObjectLayout.staging(session: second.progress.sessionId))
            #expect(left.isEmpty)
            let due = try await house.catalog.read { try $0.sessionsToClear(unchangedSince: .distantFuture, limit: 9) }
            #expect(!due.map(\.sessionID).contains(second.progress.sessionId))
        }
    }
}
