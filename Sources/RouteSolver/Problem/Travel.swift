import Foundation

/// How far it is from place to place.
///
/// The search computes the kinds that stand here itself, without a table; any other kind is read into one once, which
/// bounds it to `TravelMatrix.maximumPlaces`.
package protocol Travel: Sendable {
    /// The distance between two places, by their index.
    func distance(from: Int, to: Int, places: [Place]) -> Double
    /// The time between them, where it is not the distance times the vehicle's `timePerDistance`.
    func duration(from: Int, to: Int, places: [Place]) -> Double?
}

extension Travel {
    package func duration(from: Int, to: Int, places: [Place]) -> Double? { nil }
}

/// Straight lines in the plane.
package struct EuclideanTravel: Travel {
    /// What is done to the root.
    package enum Rounding: Sendable { case exact, nearest, down }

    package let rounding: Rounding

    package init(_ rounding: Rounding) { self.rounding = rounding }

    package func distance(from: Int, to: Int, places: [Place]) -> Double {
        let (a, b) = (places[from], places[to])
        let root = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
        return switch rounding {
        case .exact: root
        case .nearest: floor(root + 0.5)
        case .down: floor(root)
        }
    }
}

/// Great circles on the globe (haversine formula), lengthened by what roads usually add.
package struct GeographicTravel: Travel {
    /// The mean radius of the earth (IUGG).
    package static let earthRadiusMetres = 6_371_008.8

    package let detourFactor: Double

    package init(detourFactor: Double) { self.detourFactor = detourFactor }

    /// In metres.
    package func distance(from: Int, to: Int, places: [Place]) -> Double {
        let (a, b) = (places[from], places[to])
        let degree = Double.pi / 180
        let (dx, dy) = (sin((b.x - a.x) * degree / 2), sin((b.y - a.y) * degree / 2))
        let h = dy * dy + cos(a.y * degree) * cos(b.y * degree) * dx * dx
        return 2 * Self.earthRadiusMetres * asin(min(1, h.squareRoot())) * detourFactor
    }
}

/// A table of distances, and of durations where they differ; it need not be symmetric.
package struct TravelMatrix: Travel {
    package static let maximumPlaces = 4_000

    /// Row after row.
    package let distances: [Double]
    package let durations: [Double]?
    private let placeCount: Int

    /// - Parameters:
    ///   - distances: row after row, as many rows as places.
    ///   - durations: the same, or nil where time is distance times the vehicle's `timePerDistance`.
    package init(distances: [Double], durations: [Double]? = nil) {
        self.distances = distances
        self.durations = durations
        placeCount = Int(Double(distances.count).squareRoot().rounded())
    }

    package func distance(from: Int, to: Int, places: [Place]) -> Double { distances[from * placeCount + to] }

    package func duration(from: Int, to: Int, places: [Place]) -> Double? {
        durations.map { $0[from * placeCount + to] }
    }
}
