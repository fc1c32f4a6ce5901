import Domain
import Foundation
import Testing

@testable import srto

@Suite struct ImportFollowingTests {
    private static let refusal = FollowerNotice.refused(topic: "import:1", message: "no")

    private static func standing(
        _ status: ImportStatus, _ stage: ImportStage = .validate, finished: Bool = false
    ) -> ImportStanding {
        ImportStanding(status: status, stage: stage, stages: [], isFinished: finished)
    }

    private static func update(_ status: ImportStatus, snapshotsLeft: Int = 0) throws -> FollowerNotice {
        var session = ImportSession(sessionID: "1", userID: "u", schemaID: "s", schemaVersion: "1", createdAt: "t")
        session.status = status
        session.snapshotsTotal = snapshotsLeft
        return .update(
            TopicUpdate(
                topic: "import:1", sequence: 1, type: .importProgress, time: nil, coalesced: 0,
                data: try JSONEncoder().encode(ImportProgress(of: session))))
    }

    @Test func startsOnceHoweverOftenItConnects() {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(following.take(.following(topic: "import:1")) == [.start])
        #expect(following.take(.following(topic: "import:1")).isEmpty)
    }

    @Test func endsOnlyWhenTheSnapshotsAreMade() throws {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(try following.take(Self.update(.completed, snapshotsLeft: 2)).last != .end)
        #expect(try following.take(Self.update(.completed)).last == .end)
        #expect(try following.take(Self.update(.completed)).isEmpty, "nothing is told after the end")
    }

    @Test func validatedIsAnEndOnlyForWhoWantsNoMore() {
        var merging = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(merging.take(Self.standing(.validated)) == [.show(Self.standing(.validated))])
        var validating = ImportFollowing(sessionID: "1", goal: .validated)
        #expect(validating.take(Self.standing(.validated)).last == .end)
    }

    @Test(arguments: [ImportStatus.failed, .cancelled, .expired])
    func aBadEndIsAnEnd(status: ImportStatus) {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(following.take(Self.standing(status, finished: true)).last == .end)
        #expect(Self.standing(status).isFailure)
    }

    @Test func aMergeIsWatchedUntilItIsOver() {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(following.take(Self.standing(.processing, .resolve)).last != .watchMerge)
        #expect(following.take(Self.standing(.processing, .merge)).last == .watchMerge)
        #expect(following.take(Self.standing(.completed, .snapshots)).last != .watchMerge)
    }

    @Test func aHoleIsMendedByReadingTheState() {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        #expect(following.take(.missed(topic: "import:1", after: 1, before: 4)).last == .reread)
    }

    @Test func aRefusedTopicEndsIt() {
        var following = ImportFollowing(sessionID: "1", goal: .merged)
        guard case .fail(let error)? = following.take(Self.refusal).last else {
            Issue.record("a refused topic has to fail the command")
            return
        }
        #expect(error.message.contains("cannot be followed"))
    }
}
