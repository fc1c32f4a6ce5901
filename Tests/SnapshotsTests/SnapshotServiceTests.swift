import Domain
import Foundation
import ObjectStore
import Testing

@testable import Snapshots

/// Who may see which territory.
struct SnapshotServiceTests {
    private static let admin = UserContext(userId: "boss", role: .admin)

    @Test(arguments: SnapshotView.allCases)
    func `a snapshot is built when there is none yet, and served as it is after that`(_ view: SnapshotView) async throws
    {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await house.service.snapshot(ofTerritory: "T1", view: view, for: Self.admin)
            #expect(first.version == 5)
            #expect(try object(try first.decompressed()).objects("outlets").count == 2)
            try await house.merge(.outlets, [SampleTerritory.outlet("O7")])
            let second = try await house.service.snapshot(ofTerritory: "T1", view: view, for: Self.admin)
            #expect(second.hash == first.hash)
            #expect(second.gzipped == first.gzipped)
        }
    }

    /// Seen red: the territory could not be served until its next change.
    @Test func `a snapshot whose blob was removed is made anew`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let first = try await house.service.snapshot(ofTerritory: "T1", view: .full, for: Self.admin)
            try await house.store.delete(ObjectLayout.snapshot(territory: "T1", view: "full", hash: first.hash))
            let again = try await house.service.snapshot(ofTerritory: "T1", view: .full, for: Self.admin)
            #expect(again.hash == first.hash)
            #expect(try object(try again.decompressed()).objects("outlets").count == 2)
        }
    }

    @Test func `both views carry one hash`() async throws {
        try await SnapshotHouse.with { house async throws in
            try await SampleTerritory.fill(house)
            let full = try await house.service.snapshot(ofTerritory: "T1", view: .full, for: Self.admin)
            let map = try await house.service.snapshot(ofTerritory: "T1", view: .map, for: Self.admin)
            #expect(full.hash == map.hash)
            #expect(full.gzipped != map.gzipped)
        }
    }

    @Test(arguments: [
        (["area"], true), (["zone"], true), (["country"], true), (["elsewhere"], false), (["below"], false),
        ([], false),
        (["elsewhere", "zone"], true),
    ])
    func `an assignment shows its territory and all below it`(_ assigned: [String], _ allowed: Bool) async throws {
        try await withHierarchy { house async throws in
            let user = Self.user(assigned)
            let list = try await house.service.territories(for: user).map(\.territoryId)
            #expect(list.contains("area") == allowed)
            if allowed {
                #expect(try await house.service.snapshot(ofTerritory: "area", view: .full, for: user).version == 1)
            } else {
                let error = await #expect(throws: RequestError.self) {
                    try await house.service.snapshot(ofTerritory: "area", view: .full, for: user)
                }
                #expect(error?.code == .insufficientPermissions)
                #expect(error?.status == 403)
            }
        }
    }

    @Test func `the list and the snapshots agree on what a user may see`() async throws {
        try await withHierarchy { house async throws in
            for assigned in ["country", "zone", "area", "below", "elsewhere", "nowhere", "x", "outside"] {
                let user = Self.user([assigned])
                let listed = Set(try await house.service.territories(for: user).map(\.territoryId))
                for territory in try await house.service.territories(for: Self.admin).map(\.territoryId) {
                    var served = true
                    do {
                        _ = try await house.service.snapshot(ofTerritory: territory, view: .map, for: user)
                    } catch is RequestError {
                        served = false
                    }
                    #expect(served == listed.contains(territory), "\(assigned) sees \(territory)")
                }
            }
        }
    }

    @Test func `another permission than to view shows nothing`() async throws {
        try await withHierarchy { house async throws in
            let user = Self.user(["area"], [.planGTRoutes, .importData])
            #expect(try await house.service.territories(for: user).isEmpty)
            await #expect(throws: RequestError.self) {
                try await house.service.snapshot(ofTerritory: "area", view: .full, for: user)
            }
        }
    }

    /// Seen red with unknown territories told apart for everybody.
    @Test func `who may not see a territory does not learn whether it is there`() async throws {
        try await withHierarchy { house async throws in
            for user in [Self.user([]), Self.user(["elsewhere"]), Self.user(["ghost"])] {
                var errors: [RequestError?] = []
                for id in ["area", "ghost"] {
                    errors.append(
                        await #expect(throws: RequestError.self) {
                            try await house.service.snapshot(ofTerritory: id, view: .full, for: user)
                        })
                }
                #expect(errors[0]?.code == .insufficientPermissions)
                #expect(errors[0]?.code == errors[1]?.code)
                #expect(errors[0]?.status == errors[1]?.status)
                #expect(errors[0]?.message.replacing("area", with: "ghost") == errors[1]?.message)
            }
        }
    }

    @Test(arguments: ["ghost", "", "../area", String(repeating: "x", count: 5000)])
    func `an administrator learns that there is no such territory`(_ id: String) async throws {
        try await withHierarchy { house async throws in
            let error = await #expect(throws: RequestError.self) {
                try await house.service.snapshot(ofTerritory: id, view: .full, for: Self.admin)
            }
            #expect(error?.code == .territoryNotFound)
            #expect(error?.status == 404)
            #expect((error?.message.count ?? 0) < 300, "a long name is cut")
        }
    }

    @Test func `an administrator sees every territory, by id`() async throws {
        try await withHierarchy { house async throws in
            let all = try await house.service.territories(for: Self.admin)
            #expect(
                all.map(\.territoryId) == ["area", "below", "country", "elsewhere", "orphan", "x", "y", "zone"])
            #expect(all.first?.parentId == "zone")
        }
    }

    private static func user(_ territories: [String], _ permissions: [Permission] = [.viewTerritory]) -> UserContext {
        UserContext(
            userId: "u", role: .gtPlanner,
            assignments: territories.map { .init(territoryId: $0, level: .zone, permissions: permissions) })
    }

    /// Territories in a hierarchy, one with a parent that is not there, and two that go round in a circle.
    private func withHierarchy(_ body: (SnapshotHouse) async throws -> Void) async throws {
        try await SnapshotHouse.with { house async throws in
            let parents = [
                ("country", nil), ("zone", "country"), ("area", "zone"), ("below", "area"), ("elsewhere", "country"),
                ("orphan", "outside"), ("x", "y"), ("y", "x"),
            ]
            try await house.merge(.territories, parents.map { SampleTerritory.territory($0.0, parent: $0.1) })
            try await body(house)
        }
    }
}
