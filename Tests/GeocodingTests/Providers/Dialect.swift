import Domain
import Geocoding
import GeocodingHTTP
import TestSupport
import Testing

/// A kind of provider as a test plays it.
enum Dialect: String, CaseIterable, Sendable {
    case nominatim, google

    static let key = "AIza-secret-key"

    /// The adapter that asks it.
    func geocoder(
        _ url: String, country: String? = nil, timeout: Duration = .seconds(20)
    ) throws -> any Geocoder {
        let address = try #require(ProviderAddress(url: url, contact: "maps@example.com", timeout: timeout))
        return switch self {
        case .nominatim: NominatimGeocoder(address, country: country)
        case .google: GoogleGeocoder(address, key: Self.key, country: country)
        }
    }

    /// An answer with one place of a kind.
    func found(_ latitude: String, _ longitude: String, kind: String = "house") -> String {
        switch self {
        case .nominatim: #"[{"lat": "\#(latitude)", "lon": "\#(longitude)", "addresstype": "\#(kind)", "x": 1}]"#
        case .google:
            """
            {"status": "OK", "results": [
                {"geometry": {"location": {"lat": \(latitude), "lng": \(longitude)}}, "types": ["\(kind)"]}]}
            """
        }
    }

    /// An answer without a place.
    var nothing: String {
        switch self {
        case .nominatim: "[]"
        case .google: #"{"status": "ZERO_RESULTS", "results": []}"#
        }
    }
}
