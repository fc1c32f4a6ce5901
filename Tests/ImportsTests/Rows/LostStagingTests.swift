import Domain
import Foundation
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// What a power cut takes of a session's staged data is made again: the import ends as it would have.
@Suite(.timeLimit(.minutes(2)))
struct LostStagingTests {
    /// What a power cut leaves of an object whose bytes were not on the disk.
    enum Loss: CaseIterable {
        case gone, empty, nulls, cut
    }

    /// What an import came to.
    private struct Outcome: Equatable {
        var status: ImportStatus
        var counts: RecordCounts
        var outlets: [String: [String: FieldValue]]
        var report: [UInt8]
    }

    private static let odd = ["X,x,kiosk,T1,D1,1,2", "Y,y,wholesale,T1,D1,,", "O3,late,wholesale,T1,D1,1,2"]

    /// Imports outlets, then some of them changed, and loses objects of the second import before a stage of it.
    /// - Returns: what it came to, and how many objects were lost.
    private static func imported(
        losing kinds: [String], _ loss: Loss = .gone, before stage: JobType
    ) async throws -> (Outcome, Int) {
        try await KnownHouse.with { house in
            try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            var lines = KnownHouse.outlets(24)
            for row in 12..<20 { lines[row] = "O\(row + 1),other\(row),wholesale,T2,D1,1,2" }
            let id = try await house.open([KnownHouse.file(lines + odd)])
            _ = try await house.imports.process(session: id, by: house.producer, again: true)
            try await house.work(stoppingAt: stage)
            let folder = try #require(ObjectKey(path: "imports/staging/\(id)"))
            var lost = 0
            for entry in try await house.store.list(below: folder) {
                let name = try #require(entry.key.components.last)
                guard kinds.contains(where: { name.hasPrefix("\($0)-") }) else { continue }
                try await lose(entry.key, loss, in: house.store)
                lost += 1
            }
            try await house.work()
            let outcome = Outcome(
                status: try await house.report(id).progress.status, counts: try await house.report(id).files[0].counts,
                outlets: try await house.rows(.outlets), report: try await house.reportBytes(id))
            return (outcome, lost)
        }
    }

    private static func lose(_ key: ObjectKey, _ loss: Loss, in store: LocalObjectStore) async throws {
        let bytes = try await store.get(key, limit: 1 << 20)
        switch loss {
        case .gone: try await store.delete(key)
        case .empty: try await store.put(key, [])
        case .nulls: try await store.put(key, [UInt8](repeating: 0, count: bytes.count))
        case .cut: try await store.put(key, Array(bytes.dropLast(1 + bytes.count / 3)))
        }
    }

    /// Kinds of staged objects, and the stage before which they are lost.
    private static let kinds: [(kinds: [String], stage: JobType)] = [
        (["keys"], .resolve), (["issues"], .resolve), (["known"], .resolve),
        (["keys", "issues", "rows", "known"], .resolve),
        (["rows"], .merge), (["known"], .merge), (["keys", "issues", "rows", "known"], .merge),
    ]

    @Test(arguments: kinds.indices, Loss.allCases)
    func `an import that lost staged data ends as it would have`(kind: Int, loss: Loss) async throws {
        let (kinds, stage) = Self.kinds[kind]
        let (expected, _) = try await Self.imported(losing: [], before: stage)
        let (outcome, lost) = try await Self.imported(losing: kinds, loss, before: stage)
        #expect(lost > 0)
        #expect(outcome == expected)
    }

    /// The rest is the sweeper's. A validated session keeps its own, as it may yet be merged.
    @Test func `what the chunks left is cleared once it is merged`() async throws {
        try await KnownHouse.with { house in
            try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            let id = try await house.open([KnownHouse.file(KnownHouse.outlets(24) + Self.odd)])
            let folder = try #require(ObjectKey(path: "imports/staging/\(id)"))
            func left() async throws -> Set<String> {
                let names = try await house.store.list(below: folder).compactMap(\.key.components.last)
                return Set(names.compactMap { $0.split(separator: "-").first.map(String.init) })
            }
            _ = try await house.imports.validate(session: id, by: house.producer)
            try await house.work()
            #expect(try await left() == ["file", "issues", "keys", "known", "layouts", "rows"])
            _ = try await house.imports.process(session: id, by: house.producer, again: true)
            try await house.work()
            #expect(try await house.report(id).progress.status == .completed)
            #expect(try await left() == ["file", "layouts"])
        }
    }
}
