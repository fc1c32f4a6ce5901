import Catalog
import Domain
import Foundation
import Geocoding
import Jobs
import JobsConformance
import ServiceLifecycle
import TestSupport
import Testing

/// The job in the hands of the real runtime, on an in-memory broker.
@Suite(.timeLimit(.minutes(1)))
struct GeocodingRuntimeTests {
    private static func running(
        _ house: GeocodingHouse, _ geocoder: some Geocoder,
        _ body: @escaping @Sendable (InMemoryBroker) async throws -> Void
    ) async throws {
        let broker = InMemoryBroker(topology: try .truth)
        let catalog = house.catalog
        let handler = GeocodeHandler(catalog: catalog, geocoder: PacedGeocoder(geocoder, perSecond: 50))
        let services = ServiceGroup(
            services: [
                OutboxRelay(store: catalog, broker: broker, logger: GeocodingHouse.quiet),
                Worker(
                    broker: broker, ledger: catalog, control: catalog,
                    queues: [WorkerQueue(.catalogGeocode, concurrency: 1, handler: handler)],
                    logger: GeocodingHouse.quiet),
            ], logger: GeocodingHouse.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            try await body(broker)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test func `a provider that fails once is asked again`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, number in
                if number == 0 { throw GeocoderError(.unavailable, "away") }
                return GeocodingHouse.here
            }
            let request = try await house.ask(try await house.outlets(["One"]))
            try await Self.running(house, geocoder) { _ in
                try await eventually("the job's end") { try await house.catalog.isApplied(request.id) }
            }
            #expect(geocoder.addresses == ["One", "One"])
            #expect(try await house.place(of: "One")?.last == .text("geocoded:nominatim"))
        }
    }

    /// Seen red with a refusal taken for a failure that passes.
    @Test func `a refusal is a dead letter with its reason`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = ScriptedGeocoder { _, _ in throw GeocoderError(.denied, "the key is refused") }
            _ = try await house.ask(try await house.outlets(["One"]))
            try await Self.running(house, geocoder) { broker in
                let letters = try await broker.subscribe(to: WorkQueue.catalogGeocode.deadLetterQueue, prefetch: 1)
                let letter = try await within(.seconds(20), "a dead letter") {
                    try await letters.deliveries.first { _ in true }
                }
                #expect(letter?.message.text(HeaderName.deadReason) == "the key is refused")
            }
            #expect(geocoder.addresses.count == 1)
        }
    }

    /// Seen red with the job marked as done and not as cancelled.
    @Test func `a job that is cancelled ends where it is`() async throws {
        try await GeocodingHouse.with { house in
            let geocoder = WaitingGeocoder()
            let request = try await house.ask(try await house.outlets(["One", "Two"]))
            try await Self.running(house, geocoder) { broker in
                try await geocoder.isAsked()
                let cancelled = try await house.catalog.write { writer in
                    try writer.cancelJobs(about: .importSession("s1"), in: WorkQueue.catalogGeocode.rawValue)
                }
                #expect(cancelled == 1)
                try await ControlSignal(broker: broker).cancel(.importSession("s1"))
                try await geocoder.isLeft()
            }
            #expect(try await house.catalog.cancelledJobs(among: [request.id]) == [request.id])
            #expect(try await house.place(of: "One") == [.null, .null, .null])
        }
    }
}

/// A provider that answers only when nobody wants to know any more.
private struct WaitingGeocoder: Geocoder {
    let provider = "nominatim"
    let bias = ""
    private let asked = AsyncStream.makeStream(of: Void.self)
    private let left = AsyncStream.makeStream(of: Void.self)

    func locate(_ address: String) async throws -> Coordinates? {
        asked.continuation.yield()
        defer { left.continuation.yield() }
        try await ContinuousClock().sleep(for: .seconds(3600))
        return nil
    }

    func isAsked() async throws { try await Self.first(of: asked.stream, "a question") }
    func isLeft() async throws { try await Self.first(of: left.stream, "the end of a question") }

    private static func first(of stream: AsyncStream<Void>, _ what: String) async throws {
        _ = try await within(.seconds(20), what) { await stream.first { _ in true } }
    }
}
