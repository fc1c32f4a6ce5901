package import Domain
package import Foundation

/// An outlet with an address and without coordinates.
package struct UnlocatedOutlet: Sendable, Equatable {
    package let outletID: String
    package let address: String
    /// Where it stands among the rows of the change that it was asked for of; ascending.
    package let position: Int64

    package init(outletID: String, address: String, position: Int64) {
        self.outletID = outletID
        self.address = address
        self.position = position
    }
}

/// Coordinates that were found for an outlet.
package struct OutletPlace: Sendable, Equatable {
    package let outletID: String
    /// The address that they were found for.
    package let address: String
    package let coordinates: Coordinates

    package init(outletID: String, address: String, coordinates: Coordinates) {
        self.outletID = outletID
        self.address = address
        self.coordinates = coordinates
    }
}

/// What a provider was asked.
package struct GeocodeKey: Sendable, Hashable {
    /// The provider's name.
    package let provider: String
    /// A hash of the address and of whatever else the answer depends on.
    package let addressHash: String

    package init(provider: String, addressHash: String) {
        self.provider = provider
        self.addressHash = addressHash
    }
}

/// What a provider answered.
package enum Geocode: Sendable, Equatable {
    case found(Coordinates)
    /// It knows no such place.
    case unknown
}

/// Reads what geocoding needs to know.
package protocol GeocodingReader {
    /// Outlets that a change inserted or changed and that have an address but neither latitude nor longitude now, behind
    /// `position` (0: from the first on). None when the history of the change is no longer kept.
    func unlocatedOutlets(ofChange version: Int64, after position: Int64, limit: Int) throws -> [UnlocatedOutlet]

    /// The answer to a question that was asked at `instant` or later.
    func geocode(_ key: GeocodeKey, since instant: Date) throws -> Geocode?

    /// Those of the outlets that still have this address and neither latitude nor longitude.
    func stillUnlocated(_ places: [OutletPlace]) throws -> [OutletPlace]
}

/// Keeps what geocoders answer.
package protocol GeocodingWriter {
    /// Remembers an answer, in the place of an older one.
    func remember(_ geocode: Geocode, for key: GeocodeKey, at instant: Date) throws

    /// Gives outlets their coordinates, marked with `source`, and leaves the history of it.
    /// - Returns: the territories of the outlets.
    func locate(_ places: [OutletPlace], source: String, change: MasterDataChange) throws -> Set<String>

    /// Forgets answers to questions asked before `instant`, a bounded step at a time; says how many.
    func forgetGeocodes(askedBefore instant: Date, limit: Int) throws -> Int
}
