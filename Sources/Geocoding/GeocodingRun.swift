import Catalog
import Domain
import Foundation
import Jobs

/// One run of a job.
struct GeocodingRun {
    /// So many addresses refused one after the other are no matter of the addresses.
    private static let mostRefusals = 5
    /// After so many failures at one address it is seen whether the next one is answered.
    private static let mostFailures = 3
    /// How long the job waits for merges: a change of rows that a merge is comparing would have it begin again.
    private static let mergeWait = Duration.seconds(10)

    private let job: Job<GeocodeJob>
    private let catalog: any Catalog
    private let geocoder: PacedGeocoder
    private let policy: GeocodingPolicy
    private var progress: GeocodingProgress
    /// Whether the provider answered anything in this run: what fails then is no attempt that led nowhere.
    private var wasAnswered = false
    private var refusals = 0

    init(job: Job<GeocodeJob>, catalog: any Catalog, geocoder: PacedGeocoder, policy: GeocodingPolicy) {
        self.job = job
        self.catalog = catalog
        self.geocoder = geocoder
        self.policy = policy
        progress = GeocodingProgress(checkpoint: job.checkpoint)
    }

    /// Goes through the import's outlets, a batch a transaction, until there are none left or something is in the way.
    mutating func untilItEnds() async throws -> Disposition {
        while true {
            try Task.checkCancellation()
            let outlets = try await nextOutlets()
            guard !outlets.isEmpty else { return try await finish() }
            var places: [OutletPlace] = []
            var reached = progress
            var obstacle: Disposition?
            for (index, outlet) in outlets.enumerated() {
                do {
                    if let place = try await lookUp(outlet, &reached) { places.append(place) }
                } catch let error as GeocoderError {
                    reached.failures = (reached.failures ?? 0) + 1
                    guard error.code == .unavailable, reached.failures ?? 0 >= Self.mostFailures,
                        index + 1 < outlets.count, try await isAnswered(outlets[index + 1])
                    else {
                        obstacle = disposition(after: error)
                        break
                    }
                    note(refused: outlet, error, &reached)
                }
                reached.position = outlet.position
                reached.failures = nil
            }
            guard try await write(places, &reached) else {
                return .later(after: Self.mergeWait, reason: "an import is being merged")
            }
            progress = reached
            try await job.save(checkpoint: try JSONEncoder.canonical.encode(progress))
            if let obstacle { return obstacle }
        }
    }

    private func nextOutlets() async throws -> [UnlocatedOutlet] {
        let (payload, position, limit) = (job.payload, progress.position, policy.batch)
        return try await catalog.read { reader in
            // One that was taken back wants nothing any more.
            guard try reader.session(payload.sessionID)?.status == .completed else { return [] }
            return try reader.unlocatedOutlets(ofChange: payload.version, after: position, limit: limit)
        }
    }

    /// Whether it is the address before that the provider fails at, and not the provider.
    private mutating func isAnswered(_ outlet: UnlocatedOutlet) async throws -> Bool {
        do {
            _ = try await answer(to: outlet.address)
            return true
        } catch is GeocoderError {
            return false
        }
    }

    private func note(refused outlet: UnlocatedOutlet, _ error: GeocoderError, _ counts: inout GeocodingProgress) {
        counts.refused += 1
        job.logger.notice("address refused", metadata: ["outlet": "\(outlet.outletID)", "why": "\(error)"])
    }

    /// Finds an outlet's place and counts it; nil when it has none.
    /// - Throws: `GeocoderError`, `CancellationError`, `CatalogError`.
    private mutating func lookUp(_ outlet: UnlocatedOutlet, _ counts: inout GeocodingProgress) async throws
        -> OutletPlace?
    {
        guard outlet.address.utf8.count <= GeocoderError.mostAddressBytes else {
            note(refused: outlet, .addressTooLong, &counts)
            return nil
        }
        let answer: Geocode
        do {
            answer = try await self.answer(to: outlet.address)
            refusals = 0
        } catch let error as GeocoderError where error.code == .refusedAddress && refusals + 1 < Self.mostRefusals {
            refusals += 1
            note(refused: outlet, error, &counts)
            return nil
        }
        guard case .found(let coordinates) = answer else {
            counts.unknown += 1
            return nil
        }
        if let box = policy.box, !box.contains(coordinates) {
            counts.outside += 1
            return nil
        }
        return OutletPlace(outletID: outlet.outletID, address: outlet.address, coordinates: coordinates)
    }

    /// What is remembered, or else what the provider says, which is remembered at once.
    private mutating func answer(to address: String) async throws -> Geocode {
        let key = GeocodeKey(address, of: geocoder)
        let since = Surroundings.current.date().addingTimeInterval(-Double(policy.keptDays) * 86_400)
        if let known = try await catalog.read({ try $0.geocode(key, since: since) }) { return known }
        let answer = try await geocoder.locate(address).map(Geocode.found) ?? .unknown
        wasAnswered = true
        let now = Surroundings.current.date()
        try await catalog.write { try $0.remember(answer, for: key, at: now) }
        return answer
    }

    private func disposition(after error: GeocoderError) -> Disposition {
        switch error.code {
        case .denied: .dead(reason: "\(error)")
        case .refusedAddress:
            .dead(reason: "\(geocoder.provider) refused \(Self.mostRefusals) addresses one after the other: \(error)")
        case .busy, .unavailable:
            wasAnswered
                ? .later(after: error.retryAfter ?? .seconds(5), reason: "\(error)")
                : .retry(after: error.retryAfter, reason: "\(error)")
        }
    }

    /// Gives outlets the places that were found, unless an import is being merged; false then.
    private func write(_ places: [OutletPlace], _ counts: inout GeocodingProgress) async throws -> Bool {
        guard !places.isEmpty else { return true }
        let (job, source) = (job, "geocoded:\(geocoder.provider)")
        let written = try await catalog.write { writer -> Int? in
            guard try !writer.isMerging() else { return nil }
            let wanted = try writer.stillUnlocated(places)
            guard !wanted.isEmpty else { return 0 }
            let change = MasterDataChange(
                version: try writer.beginChange(), date: String(Date.now.iso8601.prefix(10)),
                sessionID: job.payload.sessionID, origin: .geocoding)
            let changed = try writer.locate(wanted, source: source, change: change)
            for territory in try writer.touch(territories: changed, version: change.version) {
                try writer.enqueueSnapshot(of: territory, version: change.version, traceparent: job.traceparent)
            }
            return wanted.count
        }
        guard let written else { return false }
        counts.located += written
        return true
    }

    private func finish() async throws -> Disposition {
        let id = job.id
        guard try await catalog.write({ try $0.markApplied(id) }) else { return .done }
        job.logger.notice(
            "geocoded",
            metadata: [
                "located": "\(progress.located)", "unknown": "\(progress.unknown)", "outside": "\(progress.outside)",
                "refused": "\(progress.refused)",
            ])
        return .done
    }
}

extension CatalogReader {
    /// Whether an import waits for its merge or is being merged.
    fileprivate func isMerging() throws -> Bool {
        try sessions(in: [.processing], unchangedSince: .distantFuture, limit: 1000).contains { $0.stage == .merge }
    }
}
