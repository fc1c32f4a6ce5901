package import Catalog
package import Domain
package import Jobs

/// Finds coordinates for the outlets that an import brought or changed and that have an address and none.
///
/// A long job (ADR 7): its checkpoint is how far it went through the import's rows. What the provider answered is remembered
/// at once, so that a run after a crash asks nothing again.
package struct GeocodeHandler: JobHandler {
    /// How long a job waits while another one asks the provider.
    private static let turn = Duration.seconds(30)

    private let catalog: any Catalog
    private let geocoder: PacedGeocoder?
    private let policy: GeocodingPolicy

    /// - Parameter geocoder: nil when geocoding is off; jobs that were asked for before then end without effect.
    package init(catalog: any Catalog, geocoder: PacedGeocoder?, policy: GeocodingPolicy = GeocodingPolicy()) {
        self.catalog = catalog
        self.geocoder = geocoder
        self.policy = policy
    }

    package func handle(_ job: Job<GeocodeJob>) async throws -> Disposition {
        guard let geocoder else {
            job.logger.notice("geocoding is off: nothing is looked up")
            _ = try await catalog.write { try $0.markApplied(job.id) }
            return .done
        }
        if let pause = geocoder.pause {
            return .later(after: pause, reason: "\(geocoder.provider) wants to be left alone for \(pause)")
        }
        guard geocoder.take() else {
            return .later(after: Self.turn, reason: "another import's outlets are being geocoded")
        }
        defer { geocoder.giveBack() }
        var run = GeocodingRun(job: job, catalog: catalog, geocoder: geocoder, policy: policy)
        return try await run.untilItEnds()
    }

    /// Nothing waits for it: the outlets stay without coordinates, and the dead letter says why.
    package func abandon(_ job: Job<GeocodeJob>, because reason: String) async throws {}
}
