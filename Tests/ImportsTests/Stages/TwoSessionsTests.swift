import Catalog
import Domain
import Jobs
import Testing

@testable import Imports

/// What one session finds that another changed between its validation and its merge.
@Suite(.timeLimit(.minutes(1)))
struct TwoSessionsTests {
    private static let files = [
        TestFile.territories("T1"), .distributors("D1", in: "T1"), .outlets("A,a,wholesale,T1,D1,1,2"),
    ]

    /// Validates files up to the merge; returns the session and its merge job, taken from the outbox.
    private static func validated(
        _ files: [TestFile], _ house: StageHouse, schema: String = "shop"
    ) async throws -> (id: String, merge: JobRequest) {
        let id = try await house.open(files, schema: schema)
        _ = try await house.imports.process(session: id, by: house.producer)
        try await house.work(stoppingAt: .merge)
        let (entry, merge) = try #require(try await house.nextJob())
        try await house.catalog.remove([entry])
        return (id, merge)
    }

    @Test(arguments: [false, true])
    func `the same files in two sessions: the first inserts, the second changes nothing`(
        turned: Bool
    ) async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            let one = try await Self.validated(Self.files, house)
            let two = try await Self.validated(Self.files, house)
            let (first, second) = turned ? (two, one) : (one, two)
            try await house.perform(first.merge)
            try await house.perform(second.merge)
            let counts = try await [first, second].asyncMap { try await house.report($0.id).files.map(\.counts) }
            #expect(counts[0] == [RecordCounts](repeating: RecordCounts(read: 1, inserted: 1), count: 3))
            #expect(counts[1] == [RecordCounts](repeating: RecordCounts(read: 1, unchanged: 1), count: 3))
        }
    }

    @Test func `a user's third merge waits for one of the first two, another user's does not`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            var merges: [JobRequest] = []
            for name in ["A", "B", "C"] {
                merges.append(try await Self.validated([.territories(name)], house).merge)
            }
            let other = try await Self.validated(
                [.territories("D")], house.as(UserContext(userId: "another", role: .admin))
            ).merge
            for waiting in 1...2 {
                guard case .later = try await house.perform(merges[2]) else {
                    Issue.record("it did not wait, time \(waiting)")
                    return
                }
            }
            #expect(try await house.catalog.isApplied(merges[2].id) == false)
            #expect(try await house.perform(other) == .done)
            #expect(try await house.perform(merges[1]) == .done)
            #expect(try await house.perform(merges[2]) == .done)
            #expect(try await house.rows(.territories).count == 3)
        }
    }

    @Test(arguments: [false, true]) func `of two sessions that differ the one merged last counts`(turned: Bool)
        async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            let base = TestFile.territories("T1", "T2")
            let one = try await Self.validated([base, .outlets("A,one,wholesale,T1,,1,2")], house)
            let two = try await Self.validated([base, .outlets("A,two,wholesale,T2,,1,2")], house)
            let (first, second) = turned ? (two, one) : (one, two)
            try await house.perform(first.merge)
            try await house.perform(second.merge)
            #expect(try await house.report(second.id).files[1].counts == RecordCounts(read: 1, updated: 1))
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text(turned ? "one" : "two"))
        }
    }

    /// Seen red with `demandReferencesStillHold` left out.
    @Test func `a reference to a territory that has vanished since stops the merge, and nothing of it stands`()
        async throws
    {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2")])
            let (id, merge) = try await Self.validated(
                [.outlets("A,a,wholesale,T2,,1,2", "B,b,wholesale,T1,,1,2")], house)
            try await house.remove("T1", from: .territories)
            guard case .dead(let reason) = try await house.perform(merge) else {
                Issue.record("the merge went through")
                return
            }
            #expect(reason.contains("territories T1"), "\(reason)")
            #expect(try await house.rows(.outlets).isEmpty)
            #expect(try await house.catalog.isApplied(merge.id) == false)
            #expect(try await house.session(id)?.appliedVersion == nil)
        }
    }

    /// Each session is sound alone. Seen red with `demandHierarchyStillHolds` left out.
    @Test(arguments: [false, true])
    func `two sessions that would make a circle between them: the second is refused whole`(
        turned: Bool
    ) async throws {
        let zones = try TestSchema.shop { schema in
            schema.schemaId = "zones"
            schema.entities["territories"]?.fieldMappings.removeAll { $0.targetField == "level" }
            schema.entities["territories"]?.fieldMappings.append(
                try TestSchema.decoded(#"{"sourceField": "name", "targetField": "level"}"#))
        }
        try await StageHouse.with(zones) { house in
            try await house.run(
                [TestFile("territories.csv", "id,name,parent\nA,ZONE,\nB,ZONE,\n")], schema: "zones")
            let one = try await Self.validated(
                [TestFile("territories.csv", "id,name,parent\nA,REGION,B\n")], house, schema: "zones")
            let two = try await Self.validated(
                [TestFile("territories.csv", "id,name,parent\nB,REGION,A\n")], house, schema: "zones")
            let (first, second) = turned ? (two, one) : (one, two)
            try await house.perform(first.merge)
            guard case .dead(let reason) = try await house.perform(second.merge) else {
                Issue.record("the merge went through")
                return
            }
            #expect(reason.contains("territories \(turned ? "A" : "B")"), "\(reason)")
            #expect(try await house.session(second.id)?.appliedVersion == nil)
        }
    }

    @Test func `a vanished territory that only others refer to is no matter`() async throws {
        try await StageHouse.with(TestSchema.shop()) { house in
            try await house.run([.territories("T1", "T2"), .outlets("Z,z,wholesale,T2,,1,2")])
            let (id, merge) = try await Self.validated([.outlets("A,a,wholesale,T1,,1,2")], house)
            try await house.remove("T2", from: .territories)
            try await house.perform(merge)
            #expect(try await house.session(id)?.status == .completed)
        }
    }

    /// Seen red: a reference that another schema lets dangle with a warning stopped every session whose catalog had
    /// moved on, for ever.
    @Test func `what another schema lets dangle does not stop a sound session`() async throws {
        let lax = try TestSchema.shop { schema in
            schema.schemaId = "lax"
            schema.relationships = schema.relationships?.map {
                var relationship = $0
                relationship.severity = .warning
                return relationship
            }
        }
        try await StageHouse.with(TestSchema.shop(), lax) { house in
            let (id, merge) = try await Self.validated(Self.files, house)
            let other = try await house.run([.outlets("Z,z,wholesale,T9,,1,2")], schema: "lax")
            #expect(other.files[0].counts == RecordCounts(read: 1, inserted: 1, warnings: 1))
            try await house.perform(merge)
            #expect(try await house.session(id)?.status == .completed)
        }
    }

    @Test func `two sessions that APPEND the same key: the second merge is refused whole`() async throws {
        try await StageHouse.with(TestSchema.shop { $0.deltaStrategy = .append }) { house in
            try await house.run([.territories("T1")])
            let first = try await Self.validated([.outlets("A,one,wholesale,T1,,1,2")], house)
            let second = try await Self.validated(
                [.outlets("B,b,wholesale,T1,,1,2", "A,two,wholesale,T1,,1,2")], house)
            try await house.perform(first.merge)
            guard case .dead(let reason) = try await house.perform(second.merge) else {
                Issue.record("the merge went through")
                return
            }
            #expect(reason.contains("outlets A"), "\(reason)")
            #expect(try await house.rows(.outlets).keys.sorted() == ["A"])
            #expect(try await house.cell(.outlets, "A", "outlet_name") == .text("one"))
        }
    }
}

extension Sequence where Self: Sendable {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
