import Domain
import Geocoding
import Jobs
import Synchronization
import Testing

/// A provider's pace and pauses, in a time that only sleeping moves.
struct PacedGeocoderTests {
    /// Seen red with no wait.
    @Test func `questions keep their distance, and a slow answer is not waited for twice`() async throws {
        let time = SleptTime()
        let starts = Mutex<[Duration]>([])
        let geocoder = PacedGeocoder(
            ScriptedGeocoder { _, number in
                starts.withLock { $0.append(time.now) }
                if number == 1 { time.pass(.milliseconds(1300)) }
                return nil
            }, perSecond: 2)
        try await Surroundings.$current.withValue(time.surroundings) { () async throws in
            for _ in 0..<4 { #expect(try await geocoder.locate("a") == nil) }
        }
        #expect(
            starts.withLock { $0 } == [.zero, .milliseconds(500), .milliseconds(1800), .milliseconds(2300)])
        #expect(geocoder.statistics.unknown == 4 && geocoder.statistics.failed == 0)
    }

    /// Seen red with the pause not remembered.
    @Test func `a provider that wants to be left alone is, for an hour at most`() async throws {
        let time = SleptTime()
        try await Surroundings.$current.withValue(time.surroundings) { () async throws in
            for (wanted, pause) in [(Duration.seconds(90), Duration.seconds(90)), (.seconds(86_400), .seconds(3600))] {
                let geocoder = PacedGeocoder(
                    ScriptedGeocoder { _, _ in throw GeocoderError(.busy, "busy", retryAfter: wanted) }, perSecond: 1)
                #expect(geocoder.pause == nil)
                await #expect(throws: GeocoderError.self) { try await geocoder.locate("a") }
                #expect(geocoder.pause == pause)
                time.pass(pause)
                #expect(geocoder.pause == nil)
                #expect(geocoder.statistics.failed == 1)
            }
        }
    }

    @Test func `one job has it at a time`() {
        let geocoder = PacedGeocoder(ScriptedGeocoder { _, _ in nil }, perSecond: 1)
        #expect(geocoder.take())
        #expect(!geocoder.take())
        geocoder.giveBack()
        #expect(geocoder.take())
    }
}
