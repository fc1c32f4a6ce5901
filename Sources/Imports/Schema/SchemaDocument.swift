import Domain

/// The JSON Schema (draft 2020-12) of import schemas, for editors and for whoever writes one by hand. What it cannot say,
/// such as that a mapped column exists, `SchemaCheck` checks when a schema is saved.
package enum SchemaDocument {
    /// The document, without a line end behind it. `docs/import-schema.json` is a copy of it.
    package static var text: String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "SRTO import schema",
          "type": "object",
          "required": ["schemaId", "schemaName", "version", "deltaStrategy", "entities"],
          "additionalProperties": false,
          "properties": {
            "schemaId": {"$ref": "#/$defs/name"},
            "schemaName": {"type": "string"},
            "version": {"$ref": "#/$defs/name"},
            "deltaStrategy": {"enum": \(list(DeltaStrategy.allCases))},
            "errorThreshold": {"type": "number", "minimum": 0, "maximum": 1},
            "lookupTables": {"type": "object", "additionalProperties": {"$ref": "#/$defs/lookup"}},
            "entities": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/entity"}},
            "relationships": {"type": "array", "items": {"$ref": "#/$defs/relationship"}}
          },
          "$defs": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
            "severity": {"enum": \(list([IssueSeverity.error, .warning]))},
            "texts": {"type": "array", "items": {"type": "string"}},
            "lookup": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "entries": {"type": "object", "additionalProperties": {"type": "string"}},
                "file": {"type": "string"},
                "key": {"type": "string"},
                "value": {"type": "string"}
              }
            },
            "entity": {
              "type": "object",
              "required": ["table", "files", "primaryKey", "requiredFields", "fieldMappings"],
              "additionalProperties": false,
              "properties": {
                "table": {"enum": \(list(EntityTable.allCases))},
                "files": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                "columns": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "string"}},
                "primaryKey": {"enum": \(list(EntityTable.allCases.map(\.primaryKey)))},
                "requiredFields": {"$ref": "#/$defs/texts"},
                "fieldMappings": {"type": "array", "items": {"$ref": "#/$defs/mapping"}},
                "validations": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
                "fullReplace": {"$ref": "#/$defs/fullReplace"},
                "sums": {"$ref": "#/$defs/texts"},
                "planningColumns": {"$ref": "#/$defs/texts"}
              }
            },
            "fullReplace": {
              "type": "object",
              "required": ["scope"],
              "additionalProperties": false,
              "properties": {
                "scope": {"type": "string"},
                "maximumDeletions": {"type": "number", "minimum": 0, "maximum": 1}
              }
            },
            "mapping": {
              "type": "object",
              "required": ["targetField"],
              "additionalProperties": false,
              "properties": {
                "targetField": {"type": "string"},
                "sourceField": {"type": "string"},
                "sourceFields": {"$ref": "#/$defs/texts"},
                "transform": {"enum": \(list(FieldMapping.Transform.allCases))},
                "lookupTable": {"type": "string"},
                "defaultValue": {"type": "string"},
                "format": {"type": "string"},
                "value": {"type": "string"},
                "prefix": {"type": "string"},
                "separator": {"type": "string"},
                "factor": {"type": "number"}
              }
            },
            "rule": {
              "type": "object",
              "required": ["rule"],
              "additionalProperties": false,
              "properties": {
                "rule": {"enum": \(list(ValidationRule.Rule.allCases))},
                "field": {"type": "string"},
                "severity": {"$ref": "#/$defs/severity"},
                "values": {"$ref": "#/$defs/texts"},
                "minimum": {"type": "number"},
                "maximum": {"type": "number"},
                "minLatitude": {"type": "number"},
                "maxLatitude": {"type": "number"},
                "minLongitude": {"type": "number"},
                "maxLongitude": {"type": "number"},
                "boxes": {"type": "object", "additionalProperties": {"$ref": "#/$defs/box"}},
                "pattern": {"type": "string", "maxLength": 1000},
                "type": {"enum": \(list(ValidationRule.ValueType.allCases))},
                "format": {"type": "string"},
                "comparison": {"enum": \(list(ValidationRule.Comparison.allCases))},
                "otherField": {"type": "string"},
                "whenField": {"type": "string"},
                "whenValues": {"$ref": "#/$defs/texts"}
              }
            },
            "box": {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "minLatitude": {"type": "number"},
                "maxLatitude": {"type": "number"},
                "minLongitude": {"type": "number"},
                "maxLongitude": {"type": "number"}
              }
            },
            "relationship": {
              "type": "object",
              "required": ["from", "to"],
              "additionalProperties": false,
              "properties": {
                "from": {"type": "string"},
                "to": {"type": "string"},
                "severity": {"$ref": "#/$defs/severity"}
              }
            }
          }
        }
        """
    }

    private static func list(_ cases: [some RawRepresentable<String>]) -> String { list(cases.map(\.rawValue)) }

    private static func list(_ texts: [String]) -> String {
        "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
}
