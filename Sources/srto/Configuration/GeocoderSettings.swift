import Configuration
import Domain
import Geocoding
import GeocodingHTTP

/// Who is asked for the coordinates of outlets that have none: nobody, unless the settings name a provider.
struct GeocoderSettings: Sendable {
    enum Provider: String, CaseIterable, Sendable {
        case off, nominatim, google

        /// Where the provider itself serves it.
        var url: String {
            switch self {
            case .off: ""
            case .nominatim: "https://nominatim.openstreetmap.org"
            case .google: "https://maps.googleapis.com"
            }
        }
    }

    /// Nil when geocoding is off.
    private(set) var geocoder: PacedGeocoder?
    private(set) var policy = GeocodingPolicy()

    /// - Parameters:
    ///   - number: reads a setting, given its default and what it may be.
    ///   - faults: is added to.
    init(
        _ reader: ConfigReader, number: (_ key: String, _ fallback: Int, _ range: ClosedRange<Int>) -> Int,
        keptDays: Int, faults: inout [String]
    ) {
        let perSecond = number("geocoder.per.second", 1, 1...50)
        policy.keptDays = keptDays
        if let box = Self.text("geocoder.box", reader) {
            policy.box = CoordinateBox(box)
            if policy.box == nil { faults.append("srto.geocoder.box must be south,west,north,east in degrees") }
        }
        do throws(SettingsError) {
            geocoder = try Self.geocoder(reader).map { PacedGeocoder($0, perSecond: perSecond) }
        } catch {
            faults += error.faults
        }
    }

    /// What asks the provider; nil when it is off.
    private static func geocoder(_ reader: ConfigReader) throws(SettingsError) -> (any Geocoder)? {
        let name = text("geocoder.provider", reader) ?? Provider.off.rawValue
        guard let provider = Provider(rawValue: name) else {
            let names = Provider.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(faults: ["srto.geocoder.provider is \"\(name)\": one of \(names)"])
        }
        let country = text("geocoder.country", reader)
        if let country, !isCountry(country) {
            throw SettingsError(
                faults: ["srto.geocoder.country is \"\(country)\" and must be two letters of ISO 3166-1, as DE"])
        }
        guard provider != .off else { return nil }
        let contact = text("geocoder.contact", reader)
        let url = text("geocoder.url", reader) ?? provider.url
        guard let address = ProviderAddress(url: url, contact: contact) else {
            // Not what it is: it may hold a password.
            throw SettingsError(
                faults: ["srto.geocoder.url must be http://host or https://host, without user, password and query"])
        }
        guard provider == .google else { return NominatimGeocoder(address, country: country) }
        guard let key = text("geocoder.key", reader, isSecret: true) else {
            throw SettingsError(faults: ["srto.geocoder.key is missing, without which Google answers nothing"])
        }
        return GoogleGeocoder(address, key: key, country: country)
    }

    /// A setting of the geocoder; nil also when it is empty, as a compose file hands on what nobody set.
    private static func text(_ key: String, _ reader: ConfigReader, isSecret: Bool = false) -> String? {
        let text = reader.string(forKey: ConfigKey(key), isSecret: isSecret)
        return text?.isEmpty == true ? nil : text
    }

    private static func isCountry(_ text: String) -> Bool {
        text.utf8.count == 2 && text.utf8.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
    }
}
