/// A check of one record's mapped values.
package struct ValidationRule: Sendable, Codable, Equatable {
    /// What is checked.
    package enum Rule: String, Sendable, Codable {
        /// Latitude and longitude: both or none, on the globe, not 0,0. An empty pair is a warning.
        case coordinates = "COORDINATES"
        /// Coordinates inside the given box, degrees.
        case boundingBox = "BOUNDING_BOX"
        /// One of `values`.
        case enumeration = "ENUM"
        /// At most `maximum` characters.
        case length = "LENGTH"
        /// Between `minimum` and `maximum`, both included.
        case range = "RANGE"
    }

    package var rule: Rule
    package var field: String?
    package var severity: IssueSeverity?
    package var values: [String]?
    package var minimum: Double?
    package var maximum: Double?
    package var minLatitude: Double?
    package var maxLatitude: Double?
    package var minLongitude: Double?
    package var maxLongitude: Double?
}
