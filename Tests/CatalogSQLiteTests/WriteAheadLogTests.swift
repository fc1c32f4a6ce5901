import Catalog
import Domain
import Foundation
import GRDB
import Testing

@testable import CatalogSQLite

/// What a merge leaves in the write-ahead log is carried over, and so is what comes after it.
struct WriteAheadLogTests {
    /// Seen red with commits left without carrying over after a merge.
    @Test(arguments: [true, false]) func `the log stays short after a merge`(succeeds: Bool) async throws {
        try await CatalogHouse.with { house in
            let prepared = try await house.prepare(.outlets, Self.rows(0..<300))
            if succeeds {
                try await house.apply(prepared)
            } else {
                struct Stop: Error {}
                await #expect(throws: Stop.self) {
                    try await house.catalog.write(with: prepared.merge) { _ in throw Stop() }
                }
            }
            // Some 24 MiB in all, 1.2 a commit.
            for round in 1...20 { try await house.merge(.outlets, Self.rows(round * 300..<(round + 1) * 300)) }
            #expect(try Self.size(house.path + "-wal") < 8 << 20)
            #expect(try Self.size(house.path) > 12 << 20)
        }
    }

    @Test func `a merge's pages are in the file when it returns`() async throws {
        try await CatalogHouse.with { house in
            try await house.apply(try await house.prepare(.outlets, Self.rows(0..<3000)))
            #expect(try Self.size(house.path) > 10 << 20)
        }
    }

    /// A base goes once the commit that replaces it is done: were that lost, nobody would have the table. Seen red with the setting made
    /// before GRDB makes its own.
    @Test func `a commit waits for the disk, also after a merge`() async throws {
        try await CatalogHouse.with { house in
            func setting() async throws -> Int? {
                try await house.catalog.pool.writeWithoutTransaction {
                    try Int.fetchOne($0, sql: "PRAGMA main.synchronous")
                }
            }
            // FULL.
            #expect(try await setting() == 2)
            try await house.apply(try await house.prepare(.outlets, Self.rows(0..<3)))
            #expect(try await setting() == 2)
            // NORMAL, for this one alone, however it ends.
            let other = try await house.catalog.writeUnsynchronized { writer in
                try Int.fetchOne(try #require(writer as? SQLiteTransaction).db, sql: "PRAGMA main.synchronous")
            }
            #expect(other == 1)
            #expect(try await setting() == 2)
            struct Stop: Error {}
            await #expect(throws: Stop.self) { try await house.catalog.writeUnsynchronized { _ in throw Stop() } }
            #expect(try await setting() == 2)
            try await house.catalog.remove([1])
            #expect(try await setting() == 2)
        }
    }

    private static func rows(_ numbers: Range<Int>) -> [[String: FieldValue]] {
        numbers.map { outlet("O\($0)", ["address": .text(String(repeating: "x", count: 4000))]) }
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}
