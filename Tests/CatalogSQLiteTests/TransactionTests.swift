import Catalog
import Domain
import Foundation
import Jobs
import TestSupport
import Testing

@testable import CatalogSQLite

@Suite(.timeLimit(.minutes(1)))
struct TransactionTests {
    private struct Stop: Error {}

    @Test func `of a write that throws nothing is kept, and no outbox row`() async throws {
        try await CatalogHouse.with { house async throws in
            await #expect(throws: Stop.self) {
                try await house.catalog.write { writer in
                    let version = try writer.beginChange()
                    let merger = try writer.merger(
                        into: .outlets, columns: Array(EntityTable.outlets.columns.indices), strategy: .upsert,
                        change: MasterDataChange(version: version, date: "2026-11-24", sessionID: "s1"))
                    let cells = EntityTable.outlets.columns.map { outlet("O1")[$0.name] ?? .null }
                    #expect(try merger.merge(cells) == .inserted)
                    try writer.enqueue(JobRequest(id: "j", ResolveJob(sessionID: "s"), about: .importSession("s")))
                    try writer.tell(.importProgress, about: .importSession("s"), state: 1, traceparent: nil)
                    throw Stop()
                }
            }
            #expect(try await house.catalog.read { try $0.version() } == 0)
            #expect(try await house.rows(.all(.outlets)).isEmpty)
            #expect(try await house.catalog.dueEntries(limit: 10).isEmpty)
            #expect(try await house.catalog.read { try $0.pendingJobs() }.isEmpty)
            #expect(try await house.catalog.read { try $0.state(of: .importSession("s")) } == nil)
        }
    }

    @Test func `what is written is there after the file was opened again`() async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            let incarnation: String
            do {
                let house = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
                try await house.merge(.outlets, [outlet("O1")])
                incarnation = try await house.catalog.eventLogIncarnation(lost: false)
            }
            let house = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
            #expect(try await house.rows(.all(.outlets)).count == 1)
            #expect(try await house.catalog.eventLogIncarnation(lost: false) == incarnation)
        }
    }

    /// Two objects on one file share nothing but the file, as two processes do.
    @Test func `two processes write in turn and lose nothing`() async throws {
        try await CatalogHouse.with { house in
            let catalogs = [house.catalog, try SQLiteCatalog(path: house.path)]
            try await withThrowingDiscardingTaskGroup { group in
                for (process, catalog) in catalogs.enumerated() {
                    group.addTask {
                        for number in 0..<100 {
                            try await catalog.write { writer in
                                _ = try writer.beginChange()
                                try writer.enqueue(
                                    JobRequest(
                                        id: "\(process)-\(number)", ResolveJob(sessionID: "s"),
                                        about: .importSession("s")))
                                try writer.tell(.queuesChanged, about: .queues, state: number, traceparent: nil)
                            }
                        }
                    }
                }
            }
            #expect(try await house.catalog.read { try $0.version() } == 200)
            let entries = try await catalogs[1].dueEntries(limit: 1000)
            let sequences = entries.compactMap { entry in
                if case .event(let event) = entry.content { event.sequence } else { nil }
            }
            #expect(sequences == Array(1...200))
            #expect(entries.count == 400)
        }
    }

    @Test func `many open a new file at once`() async throws {
        try await TestFolder.with { folder in
            for round in 0..<25 {
                let path = folder.appending(path: "catalog-\(round).sqlite").path
                let versions = try await withThrowingTaskGroup(of: Int64.self) { group in
                    for _ in 0..<6 {
                        group.addTask { try await SQLiteCatalog(path: path).read { try $0.version() } }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(versions == Array(repeating: 0, count: 6))
            }
        }
    }

    @Test func `a reader sees one state however much is written meanwhile`() async throws {
        try await CatalogHouse.with { house in
            let catalog = house.catalog
            async let writing: Void = {
                for _ in 0..<100 { try await house.merge(.outlets, []) }
            }()
            for _ in 0..<20 {
                let (before, after) = try await catalog.read { reader in
                    let before = try reader.version()
                    for _ in 0..<20 { _ = try reader.territories() }
                    return (before, try reader.version())
                }
                #expect(before == after)
            }
            try await writing
        }
    }

    @Test func `a file that is no catalog is refused with its name`() async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "damaged.sqlite").path
            try Data(repeating: 0x5A, count: 8192).write(to: URL(filePath: path))
            let error = #expect(throws: CatalogError.self) { try SQLiteCatalog(path: path) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test func `a folder that is not there is refused with its name`() async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "no/such/catalog.sqlite").path
            let error = #expect(throws: CatalogError.self) { try SQLiteCatalog(path: path) }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(path) == true)
        }
    }

    /// It may have tables elsewhere that this one knows nothing of. Seen red with the migrations only made.
    @Test func `a catalog of a newer version is refused`() async throws {
        try await CatalogHouse.with { house in
            try await house.catalog.pool.write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('of a later year')")
            }
            let error = #expect(throws: CatalogError.self) { try SQLiteCatalog(path: house.path) }
            #expect(error?.message.contains("newer version") == true, "\(error as Any)")
        }
    }

    /// Pages in the middle of the file are overwritten while nobody has it open.
    @Test func `damaged pages are told as such`() async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            do {
                let house = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
                try await house.merge(.outlets, (0..<2000).map { outlet("O\($0)") })
            }
            let handle = try FileHandle(forUpdating: URL(filePath: path))
            let size = try handle.seekToEnd()
            for page in stride(from: size / 4 / 4096, to: size / 4096, by: 1) {
                try handle.seek(toOffset: page * 4096)
                try handle.write(contentsOf: Data(repeating: 0x5A, count: 4096))
            }
            try handle.close()
            let error = await #expect(throws: CatalogError.self) {
                let house = CatalogHouse(path: path, catalog: try SQLiteCatalog(path: path))
                _ = try await house.rows(.all(.outlets))
            }
            #expect(error?.code == .corrupt)
        }
    }
}
