import Domain
import Foundation
import ObjectStore
import Tabular
import TestSupport
import Testing

@testable import Snapshots

struct SnapshotPublisherTests {
    @Test func `a manifest points at blobs of both views`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let state = try await published(house, atLeast: 5)
            #expect(state.territoryId == "T1")
            #expect(state.version == 5)
            #expect(state.outlets == 2)
            #expect(try await house.publisher.manifest(of: "T1")?.state == state)
            let wanted = ["full", "map"].map { "snapshot-\($0)-\(state.hash).json.gz" }
            #expect(try house.files("T1") == ["metadata.json"] + wanted)
            let full = try object(try await house.blob("T1", .full, hash: state.hash))
            #expect(full["catalog_version"] as? Int == 5)
            #expect(full["generated_at"] as? String == state.generatedAt)
            #expect(try object(try await house.blob("T1", .map, hash: state.hash)).objects("outlets").count == 2)
        }
    }

    /// Seen red with the version at which a snapshot stands ignored.
    @Test(arguments: [0, 1, 4, 5]) func `a version that stands already is skipped`(_ wanted: Int64) async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let state = try await published(house, atLeast: 5)
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            #expect(try await published(house, atLeast: wanted) == state)
            #expect(try await published(house, atLeast: 6).outlets == 3)
        }
    }

    /// Seen red with the blob written whether it is there or not.
    @Test func `the same content is not written again, and the manifest still moves`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await published(house, atLeast: 5)
            let key = ObjectLayout.snapshot(territory: "T1", view: "full", hash: first.hash)
            let blob = house.folder.appending(path: "objects/\(key)").path
            let before = try FileManager.default.attributesOfItem(atPath: blob)[.systemFileNumber] as? Int
            try await house.merge(.outlets, [SampleTerritory.outlet("O8", territory: "T2")])
            let second = try await published(house, atLeast: 6)
            #expect(second.hash == first.hash)
            #expect(second.version == 6)
            #expect(try FileManager.default.attributesOfItem(atPath: blob)[.systemFileNumber] as? Int == before)
            #expect(try house.files("T1").count == 3)
        }
    }

    @Test func `the same document compresses to the same bytes, which carry no time`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let state = try await published(house, atLeast: 5)
            for view in SnapshotView.allCases {
                let key = ObjectLayout.snapshot(territory: "T1", view: view.rawValue, hash: state.hash)
                let blob = try await house.store.get(key, limit: 1 << 20)
                #expect(blob[4..<8] == [0, 0, 0, 0], "gzip's mtime")
                let encoder = try await house.encoder("T1", at: state.generatedAt)
                let json = Array((view == .full ? encoder.full().pieces : encoder.map()).joined())
                #expect(try Gzip.compress(json) == blob)
            }
        }
    }

    /// Seen red with the manifest put without a comparison.
    @Test func `a publisher that comes late does not move the manifest back`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let held = HeldStore(house.store)
            let late = SnapshotPublisher(catalog: house.catalog, store: held)
            async let outcome = late.publish(territory: "T1", atLeast: 5)
            try await held.whenHeld()
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            let newer = try await published(house, atLeast: 6)
            held.release()
            #expect(try await outcome == .current(newer))
            #expect(try await house.publisher.manifest(of: "T1")?.state == newer)
        }
    }

    @Test func `many publishers while the catalog moves leave the newest version`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let version = try await house.merge(.outlets, [SampleTerritory.outlet("N\(number)")])
                        guard
                            case .current(let state) = try await house.publisher.publish(
                                territory: "T1", atLeast: version)
                        else { throw DeadlinePassed(description: "territory T1 is not there") }
                        #expect(state.version >= version)
                        #expect(try await house.publisher.manifest(of: "T1")?.version ?? 0 >= state.version)
                    }
                }
                try await group.waitForAll()
            }
            let manifest = try #require(try await house.publisher.manifest(of: "T1"))
            #expect(manifest.version == 17)
            #expect(manifest.outlets == 14)
            let full = try object(try await house.blob("T1", .full, hash: manifest.hash))
            #expect(try full.objects("outlets").count == 14)
        }
    }

    /// Seen red before a manifest that is none counted as missing: no snapshot of the territory was made any more.
    @Test(arguments: ["", "{", "[]", #"{"version":"7"}"#, "\0\0"])
    func `a manifest that cannot be read is replaced`(_ text: String) async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            try await house.store.put(ObjectLayout.snapshotManifest(territory: "T1"), Array(text.utf8))
            let state = try await published(house, atLeast: 5)
            #expect(try await house.publisher.manifest(of: "T1")?.state == state)
        }
    }

    @Test func `a territory that the catalog does not have gets no snapshot`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            #expect(try await house.publisher.publish(territory: "T9", atLeast: 1) == .noTerritory)
            #expect(try await house.publisher.manifest(of: "T9") == nil)
        }
    }

    /// Twenty-nine Thai letters are more than a file system takes in one name. Seen red before keys were shortened.
    @Test(arguments: ["../../T1", "a/b", "", String(repeating: "ร", count: 60)])
    func `a territory of any name gets its snapshot`(_ id: String) async throws {
        try await SnapshotHouse.with { house async throws in
            try await house.merge(.territories, [SampleTerritory.territory(id)])
            try await house.merge(.outlets, [SampleTerritory.outlet("O1", territory: id)])
            let state = try await published(house, id, atLeast: 2)
            #expect(state.outlets == 1)
            #expect(try object(try await house.blob(id, .full, hash: state.hash))["territory_id"] as? String == id)
        }
    }

    private func published(
        _ house: SnapshotHouse, _ territory: String = "T1", atLeast version: Int64
    ) async throws -> SnapshotState {
        let outcome = try await house.publisher.publish(territory: territory, atLeast: version)
        guard case .current(let state) = outcome else {
            throw DeadlinePassed(description: "there is no territory \(territory)")
        }
        return state
    }
}
