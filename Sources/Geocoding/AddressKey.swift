import Catalog
import Crypto
import Domain
import Foundation

extension GeocodeKey {
    /// The key of an address: case, the form of its Unicode and how its words are spaced do not count.
    init(_ address: String, of geocoder: PacedGeocoder) {
        let words = address.precomposedStringWithCanonicalMapping.lowercased().split(whereSeparator: \.isWhitespace)
        let text = geocoder.bias + "\n" + words.joined(separator: " ")
        self.init(
            provider: geocoder.provider, addressHash: Hexadecimal.text(SHA256.hash(data: Data(text.utf8))))
    }
}
