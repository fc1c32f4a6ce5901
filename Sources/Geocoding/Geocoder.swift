package import Domain

/// Finds the place of an address. What implements it asks a provider anew each time: `PacedGeocoder` sees to its pace, and
/// whoever asks to its memory.
package protocol Geocoder: Sendable {
    /// The provider's name, as it stands in the marks of what it found: `nominatim`.
    var provider: String { get }

    /// Whatever the answer depends on beside provider and address, in one word; empty when that is nothing.
    var bias: String { get }

    /// The place of an address; nil when the provider knows none.
    /// - Throws: `GeocoderError`, `CancellationError`.
    func locate(_ address: String) async throws -> Coordinates?
}

/// Why a provider did not answer. It names no key and no address.
package struct GeocoderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What to do about it.
    package enum Code: String, Sendable {
        /// The provider has enough for now: ask again later.
        case busy
        /// It is not reached, fails, or answers what nobody understands: ask again later.
        case unavailable
        /// It does not let this server ask, and will not by itself.
        case denied
        /// It does not take this address; others it may.
        case refusedAddress
    }

    package let code: Code
    /// One sentence without its full stop.
    package let message: String
    /// For how long the provider wants to be left alone, if it says so.
    package let retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// More than any address has.
    package static let mostAddressBytes = 1000

    /// It is not even asked for.
    package static let addressTooLong = GeocoderError(
        .refusedAddress, "the address is longer than \(mostAddressBytes) bytes")

    package var description: String { message }
}
