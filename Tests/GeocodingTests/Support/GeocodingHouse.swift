import Catalog
import CatalogSQLite
import Domain
import Foundation
import Geocoding
import Jobs
import Logging
import Synchronization
import TestSupport

/// A provider that answers what a test tells it to, and remembers what it was asked.
final class ScriptedGeocoder: Geocoder {
    let provider = "nominatim"
    let bias = ""
    private let asked = Mutex<[String]>([])
    private let answer: @Sendable (_ address: String, _ number: Int) throws -> Coordinates?

    /// - Parameter answer: given an address and how many were asked for before.
    init(_ answer: @escaping @Sendable (_ address: String, _ number: Int) throws -> Coordinates?) {
        self.answer = answer
    }

    var addresses: [String] { asked.withLock { $0 } }

    func locate(_ address: String) async throws -> Coordinates? {
        let number = asked.withLock { asked in
            asked.append(address)
            return asked.count - 1
        }
        return try answer(address, number)
    }
}

/// Time that passes only while somebody sleeps.
final class SleptTime: Sendable {
    private let passed = Mutex(Duration.zero)

    var now: Duration { passed.withLock { $0 } }

    /// Of a task for which time is this.
    var surroundings: Surroundings {
        Surroundings(
            now: { self.now },
            date: { Date(timeIntervalSince1970: 1_800_000_000 + Double(self.now.components.seconds)) },
            sleep: { duration in
                try Task.checkCancellation()
                self.passed.withLock { $0 += duration }
            }, random: { $0.lowerBound })
    }

    func pass(_ duration: Duration) { passed.withLock { $0 += duration } }
}

/// A catalog with outlets of one import, and the job that looks for their coordinates.
struct GeocodingHouse: Sendable {
    static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    static let here = Coordinates(latitude: 48.5, longitude: 9.25)

    let catalog: SQLiteCatalog
    let path: String

    static func with(_ body: (GeocodingHouse) async throws -> Void) async throws {
        try await TestFolder.with { folder in
            let path = folder.appending(path: "catalog.sqlite").path
            let house = GeocodingHouse(catalog: try SQLiteCatalog(path: path), path: path)
            try await house.save(session: "s1", .completed)
            try await house.merge(
                .territories,
                ["T1", "T2"].map {
                    ["territory_id": .text($0), "territory_name": .text($0), "level": .text("AREA")]
                }, session: "s0")
            try await body(house)
        }
    }

    /// Imports outlets at these addresses, named by them; returns the change's version.
    @discardableResult
    func outlets(_ addresses: [String], session: String = "s1") async throws -> Int64 {
        try await merge(.outlets, addresses.map { outlet($0, at: $0) }, session: session)
    }

    func outlet(_ id: String, at address: String?, _ more: [String: FieldValue] = [:]) -> [String: FieldValue] {
        let cells: [String: FieldValue] = [
            "outlet_id": .text(id), "outlet_name": .text(id), "channel": .text("GT"), "territory_id": .text("T1"),
            "address": address.map { .text($0) } ?? .null,
        ]
        return cells.merging(more) { $1 }
    }

    @discardableResult
    func merge(_ table: EntityTable, _ rows: [[String: FieldValue]], session: String) async throws -> Int64 {
        try await catalog.write { writer in
            let version = try writer.beginChange()
            let named = Set(rows.flatMap(\.keys))
            let merger = try writer.merger(
                into: table, columns: table.columns.indices.filter { named.contains(table.columns[$0].name) },
                strategy: .upsert, change: MasterDataChange(version: version, date: "2026-11-24", sessionID: session))
            for row in rows { _ = try merger.merge(table.columns.map { row[$0.name] ?? .null }) }
            return version
        }
    }

    func save(session id: String, _ status: ImportStatus, stage: ImportStage = .snapshots) async throws {
        try await catalog.write { writer in
            var session = ImportSession(
                sessionID: id, userID: "u", schemaID: "x", schemaVersion: "1", createdAt: "2026-11-24T03:49:12.123Z")
            session.status = status
            session.stage = stage
            try writer.save(session)
        }
    }

    /// Asks for the job and returns its request.
    func ask(_ version: Int64, session: String = "s1") async throws -> JobRequest {
        let request = try JobRequest(
            id: "import:\(session):geocode", GeocodeJob(sessionID: session, version: version),
            about: .importSession(session))
        try await catalog.write { try $0.enqueue(request) }
        return request
    }

    /// Runs the job once with what an earlier run of it saved.
    func run(
        _ request: JobRequest, _ geocoder: PacedGeocoder?, _ policy: GeocodingPolicy = GeocodingPolicy(),
        time: SleptTime = SleptTime()
    ) async throws -> Disposition {
        guard case .open(let checkpoint) = try await catalog.standing(of: request.id) else { return .done }
        let catalog = catalog
        let job = Job(
            id: request.id, payload: try JSONDecoder().decode(GeocodeJob.self, from: request.data), attempt: 1,
            traceparent: nil, checkpoint: checkpoint, logger: Self.quiet,
            keep: { try await catalog.save(checkpoint: $0, of: request.id, by: "worker") })
        let handler = GeocodeHandler(catalog: catalog, geocoder: geocoder, policy: policy)
        return try await Surroundings.$current.withValue(time.surroundings) { try await handler.handle(job) }
    }

    /// Latitude, longitude and mark of an outlet.
    func place(of id: String) async throws -> [FieldValue]? {
        try await catalog.read { reader in
            var place: [FieldValue]?
            let columns = ["latitude", "longitude", EntityTable.coordinateSource].compactMap(
                EntityTable.outlets.index(of:))
            try reader.forEachRow(.all(.outlets)) { row in
                if row[0] == .text(id) { place = columns.map { row[$0] } }
            }
            return place
        }
    }

    var version: Int64 { get async throws { try await catalog.read { try $0.version() } } }

    /// Territories of the wishes for snapshots in the outbox.
    func wantedSnapshots() async throws -> [String] {
        try await catalog.dueEntries(limit: 1000).compactMap { entry in
            guard case .job(let request) = entry.content, request.type == .regenerateSnapshot else { return nil }
            return request.subject
        }
    }
}
