import Catalog
import Domain
import Foundation
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

/// Files of bases come with the tables that have them, and go with them.
struct BaseFileTests {
    private static func rows(_ address: String, _ count: Int = 5_000) -> [[String: FieldValue]] {
        (0..<count).map { outlet("O\($0 + 10_000)", ["address": .text(address)]) }
    }

    private static func replace(_ house: CatalogHouse, _ address: String) async throws {
        try await house.apply(try await house.prepare(.outlets, rows(address)))
    }

    /// Seen red with the setting not asked.
    @Test(arguments: [5_000, 5_001]) func `only a table of enough rows has a base`(minimum: Int) async throws {
        try await CatalogHouse.with(baseRows: minimum) { house in
            try await Self.replace(house, "old")
            #expect(try house.baseFiles().count == (minimum == 5_000 ? 1 : 0))
            #expect(
                try await house.query(Int.self, "SELECT count(*) FROM main.outlets") == [minimum == 5_000 ? 0 : 5_000])
        }
    }

    /// Seen red with the former file left.
    @Test func `the former base goes, and one that is too small for a base goes into the catalog`() async throws {
        try await CatalogHouse.with(baseRows: 5_000) { house in
            try await Self.replace(house, "old")
            let first = try house.baseFiles()
            try await Self.replace(house, "new")
            let second = try house.baseFiles()
            #expect(first.count == 1 && second.count == 1 && first != second)
            let all = TableReplacement(scope: nil, present: []) { _ in true }
            try await house.apply(try await house.prepare(.outlets, Self.rows("few", 4_500), replacement: all))
            #expect(try house.baseFiles().isEmpty)
            #expect(
                try await house.query(Int.self, "SELECT count(*) FROM main.outlets WHERE address = 'few'") == [4_500])
            #expect(try await house.rows(.all(.outlets)).count == 4_500)
        }
    }

    /// Seen red with the file of a merge that failed left.
    @Test func `a merge that comes to nothing leaves no file, whenever it ends`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            struct Stop: Error {}
            let prepared = try await house.prepare(.outlets, Self.rows("old"))
            await #expect(throws: Stop.self) {
                try await house.catalog.write(with: prepared.merge) { writer in
                    let version = try writer.beginChange()
                    try writer.apply(
                        prepared.merge, change: MasterDataChange(version: version, date: "d", sessionID: "s"))
                    throw Stop()
                }
            }
            #expect(try house.baseFiles().isEmpty)
            #expect(try await house.rows(.all(.outlets)).isEmpty)
            try await Self.replace(house, "new")
            #expect(try await house.rows(.all(.outlets)).count == 5_000)
        }
    }

    /// Seen red with every file taken for an abandoned one, and with none.
    @Test func `what a killed process left goes after an hour, and no table's base does`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await Self.replace(house, "old")
            let present = try house.baseFiles()
            let left = house.catalog.bases.path(BaseFile())
            try Data("left".utf8).write(to: URL(filePath: left))
            house.catalog.bases.removeAbandoned(besides: [], at: Date.now.addingTimeInterval(3_500))
            #expect(try house.baseFiles().count == 2, "neither is an hour old")
            let files = Set(present.compactMap { BaseFile(schema: String($0.dropFirst("catalog.sqlite-".count))) })
            #expect(files.count == 1)
            house.catalog.bases.removeAbandoned(besides: files, at: Date.now.addingTimeInterval(3_700))
            #expect(try house.baseFiles() == present)
        }
    }

    /// Seen red with a base that is gone told as SQLite's error, and with an empty one made in its place.
    @Test func `a catalog whose base is missing says which file to restore`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await Self.replace(house, "old")
            let file = try #require(try house.baseFiles().first)
            try FileManager.default.removeItem(
                at: URL(filePath: house.path).deletingLastPathComponent().appending(path: file))
            let other = try SQLiteCatalog(path: house.path)
            let error = await #expect(throws: CatalogError.self) { try await other.read { try $0.version() } }
            #expect(error?.code == .corrupt && error?.description.contains(file) == true, "\(error as Any)")
            let again = await #expect(throws: CatalogError.self) { try await other.write { try $0.beginChange() } }
            #expect(again?.code == .corrupt)
            let merge = await #expect(throws: CatalogError.self) {
                try await other.prepareMerge { try $0.takeBack(version: 1, date: "d") }
            }
            #expect(merge?.code == .corrupt)
            #expect(try house.baseFiles().isEmpty)
        }
    }

    /// SQLite attaches ten files. Seen red with former bases let go of inside the writer's transaction only.
    @Test func `a base is replaced as often as imports replace the table, and who only writes keeps up`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            let other = CatalogHouse(path: house.path, catalog: try SQLiteCatalog(path: house.path, baseRows: 1))
            let all = TableReplacement(scope: nil, present: []) { _ in true }
            for round in 1...13 {
                try await house.apply(try await house.prepare(.outlets, Self.rows("\(round)", 4_100), replacement: all))
                try await other.merge(.outlets, [outlet("O10000", ["address": .text("theirs \(round)")])])
                #expect(try await other.row("O10000", of: .outlets)?["address"] == .text("theirs \(round)"))
            }
            let attached = "SELECT count(*) FROM pragma_database_list WHERE name GLOB 'base_*'"
            let own = try await house.catalog.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: attached) }
            #expect(own == 1)
            #expect(try house.baseFiles().count == 1)
        }
    }

    /// A base that cannot be opened is no base that is missing. Seen red with each failure taken for a missing file.
    @Test func `a base that is there and cannot be opened is not to be restored`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await Self.replace(house, "old")
            let file = try #require(try house.baseFiles().first)
            let place = URL(filePath: house.path).deletingLastPathComponent().appending(path: file)
            try FileManager.default.removeItem(at: place)
            // A link to itself.
            try FileManager.default.createSymbolicLink(at: place, withDestinationURL: place)
            let other = try SQLiteCatalog(path: house.path)
            let error = await #expect(throws: CatalogError.self) { try await other.read { try $0.version() } }
            #expect(error?.code == .unavailable, "\(error as Any)")
        }
    }

    /// Two processes share a catalog. Seen red with a missing file made anew.
    @Test func `who reads while bases are replaced sees the table whole, as it was or as it is`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await Self.replace(house, "0")
            let other = try SQLiteCatalog(path: house.path)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for catalog in [house.catalog, other, other] {
                    group.addTask {
                        var last = 0
                        while last < 5 {
                            let seen = try await catalog.read { reader in
                                var addresses: [String: Int] = [:]
                                try reader.forEachRow(.outlets(territory: "T1")) {
                                    addresses[$0[2].text ?? "", default: 0] += 1
                                }
                                return addresses
                            }
                            #expect(seen.count == 1 && seen.values.first == 5_000, "\(seen)")
                            let now = try #require(seen.keys.first.flatMap { Int($0) })
                            #expect(now >= last)
                            last = now
                        }
                        return last
                    }
                }
                for round in 1...5 { try await Self.replace(house, "\(round)") }
                for try await last in group { #expect(last == 5) }
            }
            #expect(try house.baseFiles().count == 1)
        }
    }
}
