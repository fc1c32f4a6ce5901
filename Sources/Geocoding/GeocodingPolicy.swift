package import Domain

/// What counts as an answer, and for how long.
package struct GeocodingPolicy: Sendable {
    /// Places outside of it count as not found; nil takes every place.
    package var box: CoordinateBox?
    /// Days for which an answer is good.
    package var keptDays = 30
    /// Outlets that are looked up before what was found for them is written.
    package var batch = 50

    package init() {}
}
