/// A place on the earth, degrees of WGS 84.
package struct Coordinates: Sendable, Hashable {
    /// -90 to 90, north positive.
    package let latitude: Double
    /// -180 to 180, east positive.
    package let longitude: Double

    /// Nil when the numbers are no place: not finite, out of range, or both zero, which is what software writes that
    /// has no coordinates.
    package init?(latitude: Double, longitude: Double) {
        guard (-90.0...90).contains(latitude), (-180.0...180).contains(longitude), latitude != 0 || longitude != 0
        else { return nil }
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// A part of the earth between two parallels and two meridians, its edges included.
package struct CoordinateBox: Sendable, Equatable {
    /// Latitude.
    package let south: Double
    /// Longitude. East of `east` when the box lies across the 180th meridian.
    package let west: Double
    /// Latitude.
    package let north: Double
    /// Longitude.
    package let east: Double

    /// Reads `south,west,north,east` in degrees; nil when it is no box.
    package init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Double(part.drop { $0 == " " })
        }
        guard numbers.count == 4, let south = numbers[0], let west = numbers[1], let north = numbers[2],
            let east = numbers[3], (-90.0...90).contains(south), (-90.0...90).contains(north), south < north,
            (-180.0...180).contains(west), (-180.0...180).contains(east), west != east
        else { return nil }
        self.south = south
        self.west = west
        self.north = north
        self.east = east
    }

    /// Whether a place lies in it.
    package func contains(_ place: Coordinates) -> Bool {
        guard (south...north).contains(place.latitude) else { return false }
        return west < east
            ? (west...east).contains(place.longitude) : place.longitude >= west || place.longitude <= east
    }
}
