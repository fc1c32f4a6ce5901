import Domain
import Testing

@testable import Imports

@Suite struct RuleTests {
    private static let mappings = """
        [{"sourceField": "lat", "targetField": "latitude"}, {"sourceField": "lon", "targetField": "longitude"},
         {"sourceField": "vol", "targetField": "sales_volume"}, {"sourceField": "name", "targetField": "outlet_name"},
         {"sourceField": "channel", "targetField": "channel"}]
        """

    private static func issues(
        _ rules: String, lat: String = "", lon: String = "", vol: String = "", name: String = "n",
        channel: String = "GT"
    ) throws -> [ImportIssue] {
        try MappedFile(
            "lat,lon,vol,name,channel\n\(lat),\(lon),\(vol),\(name),\(channel)\n", mappings: mappings,
            rules: "[\(rules)]"
        ).records[0].issues
    }

    struct Place: Sendable, CustomStringConvertible {
        let lat: String
        let lon: String
        let code: IssueCode?
        var severity = IssueSeverity.error
        var words = ""
        var description: String { "(\(lat), \(lon))" }
    }

    /// Seen red with `abs(east) <= 180` left out.
    @Test(arguments: [
        Place(lat: "52.5", lon: "13.4", code: nil),
        Place(lat: "-90", lon: "180", code: nil),
        Place(lat: "90", lon: "-180", code: nil),
        Place(lat: "0", lon: "13.4", code: nil),
        Place(lat: "52.5", lon: "0", code: nil),
        Place(lat: "0", lon: "0", code: .coordinateZero, words: "0,0"),
        Place(lat: "-0.0", lon: "0.00", code: .coordinateZero),
        Place(lat: "", lon: "", code: .coordinateMissing, severity: .warning, words: "no coordinates"),
        Place(lat: "52.5", lon: "", code: .coordinateMissing, words: "go together"),
        Place(lat: "", lon: "13.4", code: .coordinateMissing, words: "go together"),
        Place(lat: "90.01", lon: "13.4", code: .coordinateRange, words: "look swapped"),
        Place(lat: "-118.2", lon: "34.1", code: .coordinateRange, words: "look swapped"),
        Place(lat: "52.5", lon: "180.5", code: .coordinateRange, words: "not on the globe"),
        Place(lat: "-200", lon: "13.4", code: .coordinateRange, words: "not on the globe"),
    ])
    func `coordinates are both or none, on the globe and not 0,0`(place: Place) throws {
        let issues = try Self.issues(#"{"rule": "COORDINATES"}"#, lat: place.lat, lon: place.lon)
        #expect(issues.map(\.code) == (place.code.map { [$0] } ?? []))
        guard let issue = issues.first else { return }
        #expect(issue.severity == place.severity)
        #expect(place.words.isEmpty || issue.message.contains(place.words), "\(issue.message)")
        #expect(issue.message.contains("swapped") == (place.words == "look swapped"), "\(issue.message)")
        #expect(issue.column == "lat")
    }

    @Test func `a rule's own severity counts, but an empty pair stays a warning`() throws {
        let rule = #"{"rule": "COORDINATES", "severity": "WARNING"}"#
        #expect(try Self.issues(rule, lat: "0", lon: "0").map(\.severity) == [.warning])
        #expect(try Self.issues(rule, lat: "99", lon: "99").map(\.severity) == [.warning])
        let strict = #"{"rule": "COORDINATES", "severity": "ERROR"}"#
        #expect(try Self.issues(strict).map(\.severity) == [.warning])
    }

    /// Seen red: a bad number in any column hid what was wrong with the coordinates.
    @Test func `a coordinate that is no number is told once, and another column's fault hides nothing`() throws {
        let rule = #"{"rule": "COORDINATES"}"#
        #expect(try Self.issues(rule, lat: "north", lon: "13.4").map(\.code) == [.numberFormat])
        #expect(
            try Self.issues(rule, lat: "0", lon: "0", vol: "much").map(\.code) == [.numberFormat, .coordinateZero])
    }

    private static let box = """
        {"rule": "BOUNDING_BOX", "minLatitude": 17.5, "maxLatitude": 71.5, "minLongitude": -180, "maxLongitude": -64.5}
        """

    @Test(arguments: [
        ("40.7", "-74", []), ("17.5", "-64.5", []), ("71.5", "-180", []),
        ("17.4", "-74", [IssueCode.coordinateOutside]),
        ("40.7", "-64.4", [.coordinateOutside]), ("40.7", "74", [.coordinateOutside]), ("", "", []), ("40.7", "", []),
        // 0,0 is the other rule's to tell.
        ("0", "0", []),
    ])
    func `a place outside the box is a warning`(lat: String, lon: String, codes: [IssueCode]) throws {
        let issues = try Self.issues(Self.box, lat: lat, lon: lon)
        #expect(issues.map(\.code) == codes)
        #expect(issues.allSatisfy { $0.severity == .warning })
    }

    @Test func `a box with one side is open on the others`() throws {
        let north = #"{"rule": "BOUNDING_BOX", "minLatitude": 50, "severity": "ERROR"}"#
        #expect(try Self.issues(north, lat: "51", lon: "179").isEmpty)
        #expect(try Self.issues(north, lat: "49", lon: "179").map(\.severity) == [.error])
    }

    @Test func `ENUM takes what is listed, exactly`() throws {
        let rule = #"{"rule": "ENUM", "field": "channel", "values": ["GT", "MT", "WS"]}"#
        for channel in ["GT", "MT", "WS"] { #expect(try Self.issues(rule, channel: channel).isEmpty) }
        let issues = try Self.issues(rule, channel: "gt")
        #expect(issues.map(\.code) == [.notInList] && issues.first?.value == "gt")
        #expect(issues.first?.message.contains("GT, MT, WS") == true && issues.first?.column == "channel")
    }

    @Test func `LENGTH counts characters, and 1000 are enough where none is said`() throws {
        let rule = #"{"rule": "LENGTH", "field": "outlet_name", "maximum": 4}"#
        #expect(try Self.issues(rule, name: "👨‍👩‍👧éöü").isEmpty)
        #expect(try Self.issues(rule, name: "12345").map(\.code) == [.textTooLong])
        let open = #"{"rule": "LENGTH", "field": "outlet_name"}"#
        #expect(try Self.issues(open, name: String(repeating: "n", count: 1000)).isEmpty)
        #expect(try Self.issues(open, name: String(repeating: "n", count: 1001)).map(\.code) == [.textTooLong])
    }

    /// Seen red: turning such a bound into a whole number trapped, in every worker that the schema reached.
    @Test(arguments: ["1e300", "-1e300", "9223372036854775808", "2.5"])
    func `a LENGTH of any number is only a bound`(maximum: String) throws {
        let rule = #"{"rule": "LENGTH", "field": "outlet_name", "maximum": \#(maximum)}"#
        let refused = maximum.hasPrefix("-") || maximum == "2.5"
        #expect(try Self.issues(rule, name: "abc").map(\.code) == (refused ? [.textTooLong] : []))
    }

    @Test(arguments: [("0", true), ("10", true), ("5.5", true), ("-0.1", false), ("10.01", false), ("", true)])
    func `RANGE holds its bounds in`(vol: String, inside: Bool) throws {
        let rule = #"{"rule": "RANGE", "field": "sales_volume", "minimum": 0, "maximum": 10}"#
        #expect(try Self.issues(rule, vol: vol).map(\.code) == (inside ? [] : [.outOfRange]))
        let half = #"{"rule": "RANGE", "field": "sales_volume", "minimum": 0, "severity": "WARNING"}"#
        let issues = try Self.issues(half, vol: vol)
        #expect(issues.map(\.code) == (vol.hasPrefix("-") ? [.outOfRange] : []))
        #expect(issues.allSatisfy { $0.severity == .warning })
    }
}
