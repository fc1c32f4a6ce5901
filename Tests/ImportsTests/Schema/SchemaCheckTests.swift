import Domain
import Foundation
import TestSupport
import Testing

@testable import Imports

@Suite struct SchemaCheckTests {
    @Test func `a sound schema has no faults`() throws {
        #expect(SchemaCheck.faults(in: try TestSchema.shop()) == [])
    }

    /// One fault each: what is changed, and words of the fault that it makes.
    private static let changes: [(String, @Sendable (inout ImportSchema) throws -> Void)] = [
        ("schemaId must be", { $0.schemaId = "a/b" }),
        ("schemaId must be", { $0.schemaId = "" }),
        ("schemaId must be", { $0.schemaId = String(repeating: "a", count: 101) }),
        ("schemaId must be", { $0.schemaId = "geschäft" }),
        ("version must be", { $0.version = "1 beta" }),
        ("a schema needs an entity", { $0.entities = [:] }),
        ("errorThreshold is a share", { $0.errorThreshold = 1.01 }),
        ("errorThreshold is a share", { $0.errorThreshold = -0.01 }),
        ("errorThreshold is a share", { $0.errorThreshold = .nan }),
        (
            "lookup table empty has no entries",
            { $0.lookupTables?["empty"] = try TestSchema.decoded(#"{"file": "f"}"#) }
        ),
        ("entity outlets: no file pattern", { $0.entities["outlets"]?.files = [] }),
        ("primaryKey of outlets is outlet_id", { $0.entities["outlets"]?.primaryKey = "outlet_name" }),
        ("a targetField is mapped twice", { try $0.map(#"{"sourceField": "a", "targetField": "latitude"}"#) }),
        ("outlets has no column colour", { try $0.map(#"{"sourceField": "a", "targetField": "colour"}"#) }),
        ("outlets has no column created_date", { try $0.map(#"{"sourceField": "a", "targetField": "created_date"}"#) }),
        (
            "required field outlet_name is not mapped",
            { $0.entities["outlets"]?.fieldMappings.removeAll { $0.targetField == "outlet_name" } }
        ),
        ("required field tier is not mapped", { $0.entities["outlets"]?.requiredFields.append("tier") }),
        ("tier: no sourceField", { try $0.map(#"{"targetField": "tier"}"#) }),
        ("tier: no sourceField", { try $0.map(#"{"targetField": "tier", "transform": "CONCAT"}"#) }),
        ("tier: no sourceField", { try $0.map(#"{"targetField": "tier", "transform": "CONTENT_HASH"}"#) }),
        ("tier: CONST needs a value", { try $0.map(#"{"targetField": "tier", "transform": "CONST"}"#) }),
        (
            "tier: LOOKUP needs a lookupTable",
            { try $0.map(#"{"sourceField": "a", "targetField": "tier", "transform": "LOOKUP"}"#) }
        ),
        (
            "tier: there is no lookup table t",
            { try $0.map(#"{"sourceField": "a", "targetField": "tier", "transform": "LOOKUP", "lookupTable": "t"}"#) }
        ),
        (
            "tier: DATE_FORMAT needs a format",
            { try $0.map(#"{"sourceField": "a", "targetField": "tier", "transform": "DATE_FORMAT"}"#) }
        ),
        (
            "tier: DATE_FORMAT needs a format",
            { try $0.map(#"{"sourceField": "a", "targetField": "tier", "transform": "DATE_FORMAT", "format": "yy"}"#) }
        ),
        (
            "rule ENUM: outlets has no column size",
            { try $0.rule(#"{"rule": "ENUM", "field": "size", "values": ["s"]}"#) }
        ),
        ("rule RANGE: it needs a field", { try $0.rule(#"{"rule": "RANGE", "maximum": 1}"#) }),
        ("rule LENGTH: it needs a field", { try $0.rule(#"{"rule": "LENGTH", "maximum": 1}"#) }),
        ("rule ENUM: it needs values", { try $0.rule(#"{"rule": "ENUM", "field": "tier"}"#) }),
        (
            "minimum is more than maximum",
            { try $0.rule(#"{"rule": "RANGE", "field": "latitude", "minimum": 2, "maximum": 1}"#) }
        ),
        ("rule REGEX: it needs a pattern", { try $0.rule(#"{"rule": "REGEX", "field": "tier"}"#) }),
        (
            "the pattern cannot be used: a group is not closed",
            { try $0.rule(#"{"rule": "REGEX", "field": "tier", "pattern": "("}"#) }
        ),
        ("rule TYPE: it needs a type", { try $0.rule(#"{"rule": "TYPE", "field": "tier"}"#) }),
        (
            "rule DATE_FORMAT: it needs a format",
            { try $0.rule(#"{"rule": "DATE_FORMAT", "field": "tier", "format": "yy"}"#) }
        ),
        ("only texts can be held to be unique", { try $0.rule(#"{"rule": "UNIQUE", "field": "latitude"}"#) }),
        (
            "it needs otherField and a comparison",
            { try $0.rule(#"{"rule": "COMPARE", "field": "tier", "otherField": "dt_code"}"#) }
        ),
        (
            "rule RANGE: territory_id is no column of numbers",
            { try $0.rule(#"{"rule": "RANGE", "field": "territory_id", "minimum": 1}"#) }
        ),
        (
            "rule LENGTH: latitude is no column of texts",
            { try $0.rule(#"{"rule": "LENGTH", "field": "latitude", "maximum": 1}"#) }
        ),
        (
            "rule COMPARE: latitude and dt_code are not of one kind",
            { try $0.rule(#"{"rule": "COMPARE", "field": "latitude", "comparison": "<", "otherField": "dt_code"}"#) }
        ),
        ("it needs a whenField", { try $0.rule(#"{"rule": "REQUIRED_IF", "field": "tier"}"#) }),
        (
            "outlets has no column colour",
            { try $0.rule(#"{"rule": "REQUIRED_IF", "field": "tier", "whenField": "colour"}"#) }
        ),
        ("field and boxes go together", { try $0.rule(#"{"rule": "BOUNDING_BOX", "field": "territory_id"}"#) }),
        ("rule ENUM: tier is not mapped", { try $0.rule(#"{"rule": "ENUM", "field": "tier", "values": ["A"]}"#) }),
        (
            "rule REQUIRED_IF: address is not mapped",
            { try $0.rule(#"{"rule": "REQUIRED_IF", "field": "latitude", "whenField": "address"}"#) }
        ),
        (
            "rule COORDINATES: longitude is not mapped",
            { $0.entities["outlets"]?.fieldMappings.removeAll { $0.targetField == "longitude" } }
        ),
        ("outlets.nothing →", { try $0.relate("outlets.nothing", "territories.territory_id") }),
        ("streets.id →", { try $0.relate("streets.id", "territories.territory_id") }),
        ("and on the right a primary key", { try $0.relate("outlets.dt_code", "distributors.dt_name") }),
        ("and on the right a primary key", { try $0.relate("outlets.dt_code", "distributors") }),
    ]

    /// Seen red with the primary-key check, and with the twice-mapped check, taken out.
    @Test(arguments: changes.indices) func `each fault is named`(index: Int) throws {
        let (words, change) = Self.changes[index]
        var schema = try TestSchema.shop()
        try change(&schema)
        let faults = SchemaCheck.faults(in: schema)
        #expect(faults.count == 1 && faults[0].contains(words), "expected \(words), got \(faults)")
    }

    @Test func `all faults are named at once, with the specification's code`() throws {
        var schema = try TestSchema.shop()
        schema.version = "?"
        schema.errorThreshold = 2
        schema.entities["distributors"]?.files = []
        try schema.rule(#"{"rule": "LENGTH"}"#)
        try schema.map(#"{"targetField": "tier", "transform": "CONST"}"#)
        let error = #expect(throws: RequestError.self) { try SchemaCheck.demandSound(schema) }
        #expect(error?.code == .schemaValidationFailed)
        for words in [
            "version", "errorThreshold", "no file pattern", "LENGTH: it needs a field", "CONST needs a value",
        ] {
            #expect(error?.message.contains(words) == true, "\(words) in \(error?.message ?? "nothing")")
        }
    }

    @Test func `every schema that the server ships is sound`() throws {
        let library = SchemaLibrary(folder: TestServers.repository.appending(path: "Config"))
        let schemas = try library.schemas()
        #expect(schemas.map(\.schemaId).contains("us-chains"))
        #expect(schemas.allSatisfy { ($0.lookupTables ?? [:]).values.allSatisfy { $0.entries?.isEmpty == false } })
    }

    @Test(arguments: [
        (#"{"file": "../secret.csv", "key": "a", "value": "b"}"#, "plain file name"),
        (#"{"file": ".hidden", "key": "a", "value": "b"}"#, "plain file name"),
        (#"{"file": "table.csv", "value": "b"}"#, "key and value"),
        (#"{"file": "table.csv", "key": "a", "value": "c"}"#, "no columns a and c"),
        (#"{"file": "nothing.csv", "key": "a", "value": "b"}"#, "is empty"),
    ])
    func `a lookup file must be a plain one with both columns`(source: String, words: String) async throws {
        try await TestFolder.with { folder in
            for name in ["schemas", "lookups"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
            }
            try Data("a,b\nx,1\n".utf8).write(to: folder.appending(path: "lookups/table.csv"))
            try Data("\n\n".utf8).write(to: folder.appending(path: "lookups/nothing.csv"))
            let schema = try TestSchema.shop { $0.lookupTables?["other"] = try? TestSchema.decoded(source) }
            try JSONEncoder().encode(schema).write(to: folder.appending(path: "schemas/shop.json"))
            let error = #expect(throws: RequestError.self) { try SchemaLibrary(folder: folder).schemas() }
            #expect(error?.message.contains("shop.json") == true)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }
}

extension ImportSchema {
    fileprivate mutating func map(_ mapping: String) throws {
        entities["outlets"]?.fieldMappings.append(try TestSchema.decoded(mapping))
    }

    fileprivate mutating func rule(_ rule: String) throws {
        entities["outlets"]?.validations?.append(try TestSchema.decoded(rule))
    }

    fileprivate mutating func relate(_ from: String, _ to: String) throws {
        relationships?.append(try TestSchema.decoded(#"{"from": "\#(from)", "to": "\#(to)"}"#))
    }
}
