import Catalog
import Domain
import Foundation
import Jobs
import Testing

@testable import Imports

/// Which imports have the coordinates of their outlets looked up, and what becomes of found ones in later imports.
@Suite(.timeLimit(.minutes(1)))
struct GeocodingRequestTests {
    private static let ground = [TestFile.territories("T1"), .distributors("D1", in: "T1")]
    private static let shops = ground + [.outlets("A,a,Wholesale,T1,D1,,", "B,b,Wholesale,T1,D1,1,2")]

    /// The shop's schema, with an outlet's name for its address.
    private static func schema() throws -> ImportSchema {
        try TestSchema.shop { schema in
            schema.entities["outlets"]?.fieldMappings.append(
                try TestSchema.decoded(#"{"sourceField": "name", "targetField": "address"}"#))
        }
    }

    /// Imports files; the geocoding jobs that were asked for, and how the session stands.
    private static func run(
        _ files: [TestFile], _ house: StageHouse, times: Int = 1, again: Bool = true
    ) async throws -> (jobs: [JobRequest], progress: ImportProgress) {
        let id = try await house.open(files)
        _ = try await house.imports.process(session: id, by: house.producer, again: again)
        try await house.work(times: times, stoppingAt: .geocode)
        var jobs: [JobRequest] = []
        while let (entry, request) = try await house.nextJob() {
            jobs.append(request)
            try await house.catalog.remove([entry])
        }
        return (jobs, try await house.report(id).progress)
    }

    /// What a geocoder's job does.
    private static func locate(_ id: String, at address: String, _ house: StageHouse) async throws {
        let coordinates = try #require(Coordinates(latitude: 48.5, longitude: 9.25))
        _ = try await house.catalog.write { writer in
            let change = MasterDataChange(
                version: try writer.beginChange(), date: "2026-11-26", sessionID: "s", origin: .geocoding)
            return try writer.locate(
                [OutletPlace(outletID: id, address: address, coordinates: coordinates)], source: "geocoded:google",
                change: change)
        }
    }

    /// Seen red with the job asked for whatever was merged.
    @Test func `a merge that changes outlets asks once, with its own version`() async throws {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            #expect(try await Self.run(Self.ground, house).jobs.isEmpty, "no outlets")
            let (jobs, progress) = try await Self.run(Self.shops, house, times: 2)
            let version = try await house.catalog.read { try $0.version() }
            let job = try #require(jobs.first)
            #expect(jobs.count == 1 && job.id == "import:\(progress.sessionId):geocode")
            #expect(job.type == .geocode && job.subject == "import:\(progress.sessionId)")
            #expect(
                try JSONDecoder().decode(GeocodeJob.self, from: job.data)
                    == GeocodeJob(sessionID: progress.sessionId, version: version))
            #expect(try await Self.run(Self.shops, house).jobs.isEmpty, "all unchanged")
            let one = Self.ground + [.outlets("B,new,Wholesale,T1,D1,1,2")]
            #expect(try await Self.run(one, house).jobs.count == 1, "an outlet was updated")
        }
    }

    @Test func `nothing is asked for by default`() async throws {
        try await StageHouse.with(try Self.schema()) { house async throws in
            #expect(try await Self.run(Self.shops, house).jobs.isEmpty)
            #expect(try await house.rows(.outlets).count == 2)
        }
    }

    /// Seen red with geocoding taken for a change of anything.
    @Test func `the same files are known again after it, and change nothing when they are imported all the same`()
        async throws
    {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            let first = try await Self.run(Self.shops, house)
            try await Self.locate("A", at: "a", house)
            #expect(
                try await Self.run(Self.shops, house, again: false).progress.sameAs == first.progress.sessionId)
            let second = try await Self.run(Self.shops, house)
            #expect(second.jobs.isEmpty && second.progress.results.unchanged == 4)
            #expect(try await house.cell(.outlets, "A", "latitude") == .real(48.5))
            #expect(try await house.cell(.outlets, "A", "coordinate_source") == .text("geocoded:google"))
        }
    }

    @Test func `an import is rolled back although its outlets were geocoded`() async throws {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            let id = try await Self.run(Self.shops, house).progress.sessionId
            try await Self.locate("A", at: "a", house)
            try await house.endSnapshots(ofSession: id)
            _ = try await house.imports.rollBack(session: id, isForced: false, by: house.producer)
            try await house.work()
            let session = try #require(try await house.session(id))
            #expect(session.status == .rolledBack, "\(session.errorMessage ?? "")")
            #expect(try await house.rows(.outlets).isEmpty)
        }
    }

    /// What changed its rows meanwhile would have it begin again and again. Seen red with the geocoding going on.
    @Test func `rolling an import back ends its geocoding`() async throws {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            let (jobs, progress) = try await Self.run(Self.shops, house)
            try await house.endSnapshots(ofSession: progress.sessionId)
            _ = try await house.imports.rollBack(session: progress.sessionId, isForced: false, by: house.producer)
            let geocoding = try #require(jobs.first)
            #expect(try await house.catalog.cancelledJobs(among: [geocoding.id]) == [geocoding.id])
        }
    }

    /// Seen red with the job not asked for again.
    @Test func `a rollback that is refused leaves the geocoding to go on`() async throws {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            let progress = try await Self.run(Self.shops, house).progress
            try await house.endSnapshots(ofSession: progress.sessionId)
            _ = try await Self.run([.outlets("A,other,Wholesale,T1,D1,3,4")], house)
            _ = try await house.imports.rollBack(session: progress.sessionId, isForced: false, by: house.producer)
            try await house.work(stoppingAt: .geocode)
            #expect(try await house.session(progress.sessionId)?.status == .completed)
            let job = try #require(try await house.nextJob()).request
            #expect(try JSONDecoder().decode(GeocodeJob.self, from: job.data).sessionID == progress.sessionId)
        }
    }

    @Test func `cancelling a merged import ends its geocoding and nothing else, once`() async throws {
        try await StageHouse.with(try Self.schema(), asksForGeocoding: true) { house in
            let (jobs, progress) = try await Self.run(Self.shops, house)
            let id = progress.sessionId
            try await house.endSnapshots(ofSession: id)
            let cancelled = try await house.imports.cancel(session: id, by: house.producer)
            #expect(cancelled.status == .completed)
            let geocoding = try #require(jobs.first)
            #expect(try await house.catalog.cancelledJobs(among: [geocoding.id]) == [geocoding.id])
            _ = try await house.imports.rollBack(session: id, isForced: false, by: house.producer)
            let (_, rollback) = try #require(try await house.nextJob())
            #expect(rollback.type == .rollback)
            let error = await #expect(throws: RequestError.self) {
                try await house.imports.cancel(session: id, by: house.producer)
            }
            #expect(error?.code == .sessionConflict)
            #expect(try await house.catalog.isApplied(rollback.id) == false)
        }
    }

    @Test func `no file can fill the mark`() throws {
        let schema = try TestSchema.shop { schema in
            schema.entities["outlets"]?.fieldMappings.append(
                try TestSchema.decoded(#"{"sourceField": "name", "targetField": "coordinate_source"}"#))
        }
        #expect(
            SchemaCheck.faults(in: schema).contains {
                $0.contains("outlets.coordinate_source is set by the catalog")
            })
    }
}
