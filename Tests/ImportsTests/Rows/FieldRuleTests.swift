import Domain
import Testing

@testable import Imports

/// Rules over the form of a text, over two fields, and over named boxes.
@Suite struct FieldRuleTests {
    private static let mappings = """
        [{"sourceField": "name", "targetField": "outlet_name"}, {"sourceField": "tier", "targetField": "tier"},
         {"sourceField": "territory", "targetField": "territory_id"}, {"sourceField": "volume", "targetField": "sales_volume"},
         {"sourceField": "score", "targetField": "nppd_score"}, {"sourceField": "flag", "targetField": "new_outlet_flag"},
         {"sourceField": "lat", "targetField": "latitude"}, {"sourceField": "lon", "targetField": "longitude"}]
        """

    private static func issues(
        _ rule: String, name: String = "", tier: String = "", territory: String = "T", volume: String = "",
        score: String = "", flag: String = "", lat: String = "", lon: String = ""
    ) throws -> [ImportIssue] {
        try MappedFile(
            "name,tier,territory,volume,score,flag,lat,lon\n"
                + "\"\(name)\",\(tier),\(territory),\(volume),\(score),\(flag),\(lat),\(lon)\n",
            mappings: mappings, rules: "[\(rule)]"
        ).records[0].issues.filter { $0.code != .requiredMissing || rule.contains("REQUIRED_IF") }
            .filter { $0.message != "outlet_name is required and name is empty" }
    }

    @Test(arguments: [("AB-12", true), ("AB-123", false), ("ab-12", false), ("", true), ("xAB-12", false)])
    func `REGEX holds the whole text to a pattern`(tier: String, fits: Bool) throws {
        let rule = #"{"rule": "REGEX", "field": "tier", "pattern": "[A-Z]{2}-\\d{2}", "severity": "WARNING"}"#
        let issues = try Self.issues(rule, tier: tier)
        #expect(issues.map(\.code) == (fits ? [] : [.pattern]))
        #expect(issues.allSatisfy { $0.severity == .warning && $0.value == tier && $0.column == "tier" })
    }

    @Test(arguments: [
        ("INTEGER", "12", true), ("INTEGER", "1.5", false), ("NUMBER", "1.5", true), ("NUMBER", "1.5.2", false),
        ("BOOLEAN", "yes", true), ("BOOLEAN", "maybe", false), ("DATE", "2026-02-28", true),
        ("DATE", "2026-02-29", false), ("DATE", "28.02.2026", false), ("DATE", "", true),
    ])
    func `TYPE holds a text to what it must read as`(type: String, tier: String, fits: Bool) throws {
        let rule = #"{"rule": "TYPE", "field": "tier", "type": "\#(type)"}"#
        #expect(try Self.issues(rule, tier: tier).map(\.code) == (fits ? [] : [.typeMismatch]))
    }

    @Test func `DATE_FORMAT holds a text to a format of dates`() throws {
        let rule = #"{"rule": "DATE_FORMAT", "field": "tier", "format": "dd.MM.yyyy"}"#
        #expect(try Self.issues(rule, tier: "28.02.2026").isEmpty)
        #expect(try Self.issues(rule, tier: "2026-02-28").map(\.code) == [.dateFormat])
    }

    @Test func `LENGTH has a lower bound too`() throws {
        let rule = #"{"rule": "LENGTH", "field": "tier", "minimum": 3}"#
        #expect(try Self.issues(rule, tier: "abc").isEmpty)
        #expect(try Self.issues(rule, tier: "é1").map(\.code) == [.textTooShort])
        #expect(try Self.issues(rule, tier: "").isEmpty)
    }

    /// Seen red with `<=` holding of the greater one.
    @Test(arguments: [
        ("<", "1", "2", true), ("<", "2", "2", false), ("<=", "2", "2", true), ("<=", "3", "2", false),
        ("=", "2", "2.0", true), ("=", "2", "3", false), ("!=", "2", "3", true), ("!=", "2", "2", false),
        (">=", "2", "2", true), (">=", "1", "2", false), (">", "10", "9", true), (">", "9", "10", false),
        ("<", "", "2", true), ("<", "9", "", true),
    ])
    func `COMPARE holds one number against another`(sign: String, volume: String, score: String, holds: Bool) throws {
        let rule = """
            {"rule": "COMPARE", "field": "sales_volume", "comparison": "\(sign)", "otherField": "nppd_score"}
            """
        let issues = try Self.issues(rule, volume: volume, score: score)
        #expect(issues.map(\.code) == (holds ? [] : [.comparison]))
        #expect(issues.allSatisfy { $0.column == "volume" && $0.message.contains("score") })
    }

    @Test func `COMPARE holds texts by their bytes, and different kinds against nothing`() throws {
        let rule = #"{"rule": "COMPARE", "field": "outlet_name", "comparison": "!=", "otherField": "tier"}"#
        #expect(try Self.issues(rule, name: "a", tier: "a").map(\.code) == [.comparison])
        #expect(try Self.issues(rule, name: "a", tier: "b").isEmpty)
        let mixed = #"{"rule": "COMPARE", "field": "outlet_name", "comparison": "=", "otherField": "sales_volume"}"#
        #expect(try Self.issues(mixed, name: "a", volume: "1").isEmpty)
    }

    @Test func `REQUIRED_IF asks for a field where another one says so`() throws {
        let rule =
            #"{"rule": "REQUIRED_IF", "field": "tier", "whenField": "outlet_name", "whenValues": ["Depot", "Hub"]}"#
        #expect(try Self.issues(rule, name: "Hub").map(\.code) == [.requiredMissing])
        #expect(try Self.issues(rule, name: "Hub", tier: "x").isEmpty)
        #expect(try Self.issues(rule, name: "Shop").isEmpty)
        let any = #"{"rule": "REQUIRED_IF", "field": "tier", "whenField": "sales_volume"}"#
        #expect(try Self.issues(any, volume: "1").map(\.code) == [.requiredMissing])
        #expect(try Self.issues(any).isEmpty)
        let flag = #"{"rule": "REQUIRED_IF", "field": "tier", "whenField": "new_outlet_flag", "whenValues": ["1"]}"#
        #expect(try Self.issues(flag, flag: "yes").map(\.code) == [.requiredMissing])
        #expect(try Self.issues(flag, flag: "no").isEmpty)
    }

    private static let boxes = """
        {"rule": "BOUNDING_BOX", "field": "territory_id", "severity": "ERROR", "boxes": {
          "IN": {"minLatitude": 6, "maxLatitude": 38, "minLongitude": 68, "maxLongitude": 98}}}
        """

    /// Seen red with the box asked for a place whose longitude was put for its latitude.
    @Test(arguments: [
        ("IN", "28.6", "77.2", []), ("IN", "77.2", "28.6", [IssueCode.coordinateSwapped]),
        ("IN", "48.8", "2.3", [.coordinateOutside]), ("US", "48.8", "2.3", []), ("IN", "", "", []),
        ("IN", "0", "0", []),
    ])
    func `a box may be a country's, and tells what lies in it once turned round`(
        territory: String, lat: String, lon: String, codes: [IssueCode]
    ) throws {
        let issues = try Self.issues(Self.boxes, territory: territory, lat: lat, lon: lon)
        #expect(issues.map(\.code) == codes)
        #expect(issues.allSatisfy { $0.severity == .error })
    }
}
