import Catalog
import Domain
import Foundation
import Jobs
import Logging
import ObjectStore
import TestSupport
import Testing

@testable import Imports

/// When a register of known records is believed, and when it is replaced.
@Suite(.timeLimit(.minutes(2)))
struct RegisterTests {
    /// A store that outlived its catalog, or a catalog that was put back. Seen red with the session's name not asked for.
    @Test func `a register of another catalog is not believed`() async throws {
        try await KnownHouse.with { house in
            try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            try await KnownHouse.with { other in
                try await other.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(3))])
                for entry in try await house.store.list(below: ObjectLayout.knownRecords) {
                    try await other.store.put(entry.key, try await house.store.get(entry.key, limit: 1 << 20))
                }
                let (id, merge, known) = try await KnownHouse.validated(
                    [KnownHouse.file(KnownHouse.outlets(20))], other)
                #expect(known == 0)
                try await other.perform(merge)
                #expect(try await other.report(id).files[0].counts.inserted == 17)
            }
        }
    }

    @Test func `a register that cannot be read is left aside`() async throws {
        try await KnownHouse.with { house in
            try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            for entry in try await house.store.list(below: ObjectLayout.knownRecords) {
                try await house.store.delete(entry.key)
                // What the store refuses to open.
                let place = URL(filePath: house.catalogPath).deletingLastPathComponent().path
                try FileManager.default.createSymbolicLink(
                    atPath: "\(place)/objects/\(entry.key)", withDestinationPath: house.catalogPath)
            }
            let (id, merge, known) = try await KnownHouse.validated([KnownHouse.file(KnownHouse.outlets(21))], house)
            #expect(known == 0)
            try await house.perform(merge)
            let counts = try await house.report(id).files[0].counts
            #expect((counts.inserted, counts.unchanged) == (1, 20))
        }
    }

    /// Seen red with the register's version not looked at: what only another run knew was lost.
    @Test func `a late run does not take a newer register's place`() async throws {
        try await KnownHouse.with { house in
            let first = try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            try await house.run([KnownHouse.file(KnownHouse.outlets(20) + KnownHouse.outlets(30).suffix(10))])
            let base = try await KnownHouse.registeredAt(house)
            let id = first.progress.sessionId
            let session = try #require(try await house.session(id))
            let schema = try #require(try await house.catalog.read { try $0.schema("shop", version: "1") })
            let files = try await house.catalog.read { try $0.files(ofSession: id) }
            let late = KnownRecordsUpdate(
                stages: house.stages, work: ImportStages.Work(session: session, schema: schema, files: files),
                version: session.appliedVersion ?? 0, logger: ImportHouse.quietLogger)
            try await late.run(try await house.catalog.read { try $0.chunks(ofSession: id) })
            #expect(try await KnownHouse.registeredAt(house) == base)
            let (_, _, known) = try await KnownHouse.validated([KnownHouse.file(KnownHouse.outlets(30))], house)
            #expect(known == 30)
        }
    }

    @Test func `a damaged register is told of and left aside`() async throws {
        try await KnownHouse.with { house in
            try await house.run(KnownHouse.base + [KnownHouse.file(KnownHouse.outlets(20))])
            for entry in try await house.store.list(below: ObjectLayout.knownRecords) {
                try await house.store.put(entry.key, [1, 2, 3])
            }
            let (id, merge, known) = try await KnownHouse.validated([KnownHouse.file(KnownHouse.outlets(20))], house)
            #expect(known == 0)
            try await house.perform(merge)
            #expect(try await house.report(id).files[0].counts.unchanged == 20)
        }
    }

    /// Seen red with only the session's own records registered.
    @Test(arguments: [1, 12]) func `files of some part of the rows leave the others known`(part: Int) async throws {
        try await KnownHouse.with { house in
            let all = KnownHouse.outlets(20)
            try await house.run(KnownHouse.base + [KnownHouse.file(all)])
            let changed = (1...part).map { "O\($0),new,wholesale,T1,D1,1,2" }
            try await house.run([KnownHouse.file(changed)])
            let base = try await KnownHouse.registeredAt(house)
            // So few are not worth writing the register anew; it holds without their rows.
            #expect(try await house.catalog.read { try $0.version() } - base == (part == 1 ? 1 : 0))
            let (_, _, known) = try await KnownHouse.validated([KnownHouse.file(all + changed)], house)
            #expect(known == 20 - part + (part == 1 ? 0 : part))
        }
    }
}
