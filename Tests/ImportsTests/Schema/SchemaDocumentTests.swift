import Domain
import Foundation
import TestSupport
import Testing

@testable import Imports

/// The published JSON Schema against the types that it describes.
@Suite struct SchemaDocumentTests {
    private static func definitions() throws -> [String: Any] {
        let document = try JSONSerialization.jsonObject(with: Data(SchemaDocument.text.utf8)) as? [String: Any]
        return try #require(document)
    }

    private static func properties(_ definition: String?) throws -> Set<String> {
        let document = try definitions()
        let object =
            definition.map { ((document["$defs"] as? [String: Any])?[$0] as? [String: Any]) ?? [:] } ?? document
        return Set((object["properties"] as? [String: Any] ?? [:]).keys)
    }

    /// Every member that a value with nothing left out has.
    private static func members(_ value: some Encodable) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any]
        return Set((object ?? [:]).keys)
    }

    @Test func `the copy in docs is the document`() throws {
        #expect(
            try String(contentsOf: TestServers.repository.appending(path: "docs/import-schema.json"), encoding: .utf8)
                == SchemaDocument.text + "\n")
    }

    /// A member that is added to a type and not to the document would be refused by every editor. Seen red with a member
    /// left out of the document.
    @Test func `the document names every member of the types, and no other`() throws {
        let rule: ValidationRule = try TestSchema.decoded(
            """
            {"rule": "RANGE", "field": "f", "severity": "ERROR", "values": [], "minimum": 0, "maximum": 1, "minLatitude": 0,
             "maxLatitude": 1, "minLongitude": 0, "maxLongitude": 1, "boxes": {"a": {"minLatitude": 0, "maxLatitude": 1,
             "minLongitude": 0, "maxLongitude": 1}}, "pattern": "a", "type": "DATE", "format": "f", "comparison": "<",
             "otherField": "o", "whenField": "w", "whenValues": []}
            """)
        #expect(Mirror(reflecting: rule).children.count == (try Self.members(rule)).count)
        #expect(try Self.members(rule) == Self.properties("rule"))
        #expect(try Self.members(try #require(rule.boxes?["a"])) == Self.properties("box"))
        let mapping: FieldMapping = try TestSchema.decoded(
            """
            {"targetField": "t", "sourceField": "s", "sourceFields": [], "transform": "UPPER", "lookupTable": "l",
             "defaultValue": "d", "format": "f", "value": "v", "prefix": "p", "separator": "s", "factor": 2}
            """)
        #expect(Mirror(reflecting: mapping).children.count == (try Self.members(mapping)).count)
        #expect(try Self.members(mapping) == Self.properties("mapping"))
        let replace = FullReplace(scope: "ALL", maximumDeletions: 0.5)
        #expect(Mirror(reflecting: replace).children.count == (try Self.members(replace)).count)
        #expect(try Self.members(replace) == Self.properties("fullReplace"))
        let schema = try TestSchema.shop {
            $0.errorThreshold = 0.5
            $0.entities["outlets"]?.fullReplace = replace
            $0.entities["outlets"]?.columns = ["a"]
            $0.entities["outlets"]?.sums = ["sales_volume"]
            $0.entities["outlets"]?.planningColumns = ["route_id"]
        }
        #expect(Mirror(reflecting: schema).children.count == (try Self.members(schema)).count)
        #expect(try Self.members(schema) == Self.properties(nil))
        #expect(try Self.members(try #require(schema.entities["outlets"])) == Self.properties("entity"))
        let relationship: Relationship = try TestSchema.decoded(#"{"from": "a", "to": "b", "severity": "ERROR"}"#)
        #expect(try Self.members(relationship) == Self.properties("relationship"))
        var lookup = LookupSource(entries: [:])
        (lookup.file, lookup.key, lookup.value) = ("f", "k", "v")
        #expect(try Self.members(lookup) == Self.properties("lookup"))
    }
}
