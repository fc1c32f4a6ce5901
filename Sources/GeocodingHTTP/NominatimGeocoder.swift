package import Domain
package import Geocoding

/// Asks a Nominatim, OpenStreetMap's own or another: its search API, version 4
/// (https://nominatim.org/release-docs/latest/api/Search/).
package struct NominatimGeocoder: Geocoder {
    /// Kinds of places that are too wide to be an outlet's.
    private static let tooWide: Set<String> = ["country", "state", "continent"]

    private struct Place: Decodable {
        let lat: String
        let lon: String
        let addresstype: String?
    }

    package let provider = "nominatim"
    package let bias: String
    private let client: ProviderClient

    /// - Parameter country: ISO 3166-1 alpha-2, the only one whose places count; nil for any.
    package init(_ address: ProviderAddress, country: String?) {
        client = ProviderClient(address: address)
        bias = country?.lowercased() ?? ""
    }

    package func locate(_ address: String) async throws -> Coordinates? {
        var query = [("q", try plainAddress(address)), ("format", "jsonv2"), ("limit", "1")]
        if !bias.isEmpty { query.append(("countrycodes", bias)) }
        let answer = try await client.get("/search", query)
        if let failure = answer.failure { throw failure }
        let places = try answer.decoded(as: [Place].self)
        guard let place = places.first, !Self.tooWide.contains(place.addresstype ?? ""),
            let latitude = Double(place.lat), let longitude = Double(place.lon)
        else { return nil }
        return Coordinates(latitude: latitude, longitude: longitude)
    }
}
