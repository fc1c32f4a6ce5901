import Domain
import Testing

struct CoordinatesTests {
    @Test(arguments: [(90.0, 180.0), (-90, -180), (0, 0.1), (0.1, 0), (48.5, 9.25)])
    func `a place on the earth`(_ latitude: Double, _ longitude: Double) {
        #expect(Coordinates(latitude: latitude, longitude: longitude) != nil)
    }

    /// Seen red with the bounds left out.
    @Test(arguments: [(0.0, 0.0), (-0.0, 0), (90.1, 0), (0, 180.1), (.nan, 1), (1, .infinity), (-91, 1)])
    func `no place on the earth`(_ latitude: Double, _ longitude: Double) {
        #expect(Coordinates(latitude: latitude, longitude: longitude) == nil)
    }

    @Test(arguments: [
        "", "1,2,3", "1,2,3,4,5", "5,1,4,2", "1,2,3,x", "-91,1,2,3", "1,2,3,181", "1,2,3,2", "nan,1,2,3", "1,,2,3",
    ])
    func `no box`(_ text: String) { #expect(CoordinateBox(text) == nil) }

    /// Seen red with the 180th meridian taken for an edge.
    @Test(arguments: [
        ("47, 5.8, 55.1, 15.1", 48.5, 9.25, true), ("47,5.8,55.1,15.1", 47, 5.8, true),
        ("47,5.8,55.1,15.1", 46.9, 9, false), ("47,5.8,55.1,15.1", 48.5, 15.2, false),
        ("-21,176,-12,-178", -17, 179, true), ("-21,176,-12,-178", -17, -179, true),
        ("-21,176,-12,-178", -17, 175, false), ("-21,176,-12,-178", -17, 1, false),
    ])
    func `inside and outside`(_ text: String, _ latitude: Double, _ longitude: Double, _ isInside: Bool) throws {
        let box = try #require(CoordinateBox(text))
        let place = try #require(Coordinates(latitude: latitude, longitude: longitude))
        #expect(box.contains(place) == isInside)
    }
}
