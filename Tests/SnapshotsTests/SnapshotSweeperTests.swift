import Domain
import Foundation
import Logging
import ObjectStore
import Testing

@testable import Snapshots

struct SnapshotSweeperTests {
    private static func sweep(_ house: SnapshotHouse, daysFromNow days: Double) async throws -> Int {
        try await SnapshotSweeper(catalog: house.catalog, store: house.store, days: 7, logger: .quiet)
            .sweepOnce(at: Date.now.addingTimeInterval(days * 86_400))
    }

    private static func publish(_ house: SnapshotHouse, atLeast version: Int64) async throws -> SnapshotState {
        guard case .current(let state) = try await house.publisher.publish(territory: "T1", atLeast: version) else {
            throw CancellationError()
        }
        return state
    }

    private static func names(_ state: SnapshotState) -> [String] {
        ["full", "map"].map { "snapshot-\($0)-\(state.hash).json.gz" }
    }

    @Test func `what no manifest points at goes after its days, what it points at stays`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await Self.publish(house, atLeast: 5)
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            let second = try await Self.publish(house, atLeast: 6)
            #expect(first.hash != second.hash)
            #expect(try await Self.sweep(house, daysFromNow: 6) == 0)
            #expect(try house.files("T1").count == 5)
            #expect(try await Self.sweep(house, daysFromNow: 8) == 2)
            #expect(try house.files("T1") == ["metadata.json"] + Self.names(second))
            #expect(try await Self.sweep(house, daysFromNow: 400) == 0)
            #expect(try await house.blob("T1", .map, hash: second.hash).isEmpty == false)
            #expect(try await house.store.list(below: ObjectKey("snapshots", "removed", "T1")).isEmpty)
        }
    }

    /// Whoever has read the manifest before may still ask for what it pointed at. Seen red with the pointer's age ignored.
    @Test func `nothing goes while readers of the manifest before may come`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await Self.publish(house, atLeast: 5)
            let old = Date.now.addingTimeInterval(-30 * 86_400)
            for view in ["full", "map"] {
                let key = ObjectLayout.snapshot(territory: "T1", view: view, hash: first.hash)
                try FileManager.default.setAttributes(
                    [.modificationDate: old], ofItemAtPath: house.folder.appending(path: "objects/\(key)").path)
            }
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            _ = try await Self.publish(house, atLeast: 6)
            #expect(try await Self.sweep(house, daysFromNow: 0) == 0)
            #expect(try await Self.sweep(house, daysFromNow: 0.1) == 2)
        }
    }

    /// The content is again what it was, and a sweeper took its blob away after the publisher had looked. Seen red without the
    /// second look.
    @Test func `a blob that was removed in between is put again`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let held = HeldStore(house.store)
            let first = try await Self.publish(house, atLeast: 5)
            try await house.merge(.outlets, [SampleTerritory.outlet("O8", territory: "T2")])
            let publisher = SnapshotPublisher(catalog: house.catalog, store: held)
            async let outcome = publisher.publish(territory: "T1", atLeast: 6)
            try await held.whenHeld()
            for view in ["full", "map"] {
                try await house.store.delete(ObjectLayout.snapshot(territory: "T1", view: view, hash: first.hash))
            }
            held.release()
            _ = try await outcome
            #expect(try house.files("T1") == ["metadata.json"] + Self.names(first))
        }
    }
}
