package import Domain
package import Geocoding

/// Asks Google's Geocoding API, or what answers like it
/// (https://developers.google.com/maps/documentation/geocoding/requests-geocoding).
package struct GoogleGeocoder: Geocoder {
    /// What Google answers with when it knows no more than the country that was asked for.
    private static let tooWide: Set<String> = ["country", "administrative_area_level_1"]

    private struct Reply: Decodable {
        struct Place: Decodable {
            struct Geometry: Decodable {
                struct Location: Decodable {
                    let lat: Double
                    let lng: Double
                }

                let location: Location
            }

            let geometry: Geometry
            let types: [String]?
        }

        let status: String
        let results: [Place]?
    }

    package let provider = "google"
    package let bias: String
    private let client: ProviderClient
    private let key: String

    /// - Parameters:
    ///   - key: of the API. It goes into the request and nowhere else.
    ///   - country: ISO 3166-1 alpha-2, the only one whose places count; nil for any.
    package init(_ address: ProviderAddress, key: String, country: String?) {
        client = ProviderClient(address: address)
        bias = country?.lowercased() ?? ""
        self.key = key
    }

    package func locate(_ address: String) async throws -> Coordinates? {
        var query = [("address", try plainAddress(address)), ("key", key)]
        if !bias.isEmpty { query.append(("components", "country:\(bias.uppercased())")) }
        let answer = try await client.get("/maps/api/geocode/json", query)
        // Google says more in the body than in the status; a 400 of it has one too.
        if answer.status != 400, let failure = answer.failure { throw failure }
        let reply: Reply
        do {
            reply = try answer.decoded(as: Reply.self)
        } catch {
            throw answer.failure ?? error
        }
        return try place(in: reply, retryAfter: answer.retryAfter)
    }

    private func place(in reply: Reply, retryAfter: Duration?) throws(GeocoderError) -> Coordinates? {
        switch reply.status {
        case "OK":
            guard let place = reply.results?.first, Self.tooWide.isDisjoint(with: place.types ?? []) else { return nil }
            let location = place.geometry.location
            return Coordinates(latitude: location.lat, longitude: location.lng)
        case "ZERO_RESULTS": return nil
        case "OVER_QUERY_LIMIT":
            throw GeocoderError(.busy, "Google has been asked too often (OVER_QUERY_LIMIT)", retryAfter: retryAfter)
        case "OVER_DAILY_LIMIT":
            throw GeocoderError(
                .denied,
                "Google refuses the key (OVER_DAILY_LIMIT): check SRTO_GEOCODER_KEY, its billing and its daily limit")
        case "REQUEST_DENIED":
            throw GeocoderError(
                .denied,
                "Google refuses the key (REQUEST_DENIED): check SRTO_GEOCODER_KEY and that it may use the Geocoding API"
            )
        case "INVALID_REQUEST":
            throw GeocoderError(.refusedAddress, "Google does not take the address (INVALID_REQUEST)")
        case "UNKNOWN_ERROR":
            throw GeocoderError(.unavailable, "Google fails (UNKNOWN_ERROR)", retryAfter: retryAfter)
        default:
            throw GeocoderError(.unavailable, "Google answers with a status that nobody knows")
        }
    }
}
