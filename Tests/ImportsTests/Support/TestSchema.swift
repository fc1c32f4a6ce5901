import Domain
import Foundation

/// Schemas as producers write them.
enum TestSchema {
    /// Territories, distributors and outlets that refer to each other.
    static func shop(_ change: (inout ImportSchema) throws -> Void = { _ in }) throws -> ImportSchema {
        var schema: ImportSchema = try decoded(shopText)
        try change(&schema)
        return schema
    }

    /// Reads a value from JSON.
    static func decoded<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    private static let shopText = """
        {"schemaId": "shop", "schemaName": "Shop", "version": "1", "deltaStrategy": "UPSERT",
         "lookupTables": {"channels": {"entries": {"General Trade": "GT", "Modern Trade": "MT", "Wholesale": "WS"}}},
         "entities": {
          "territories": {
           "table": "territories", "files": ["territories*.csv"], "primaryKey": "territory_id",
           "requiredFields": [], "fieldMappings": [
            {"sourceField": "id", "targetField": "territory_id"},
            {"sourceField": "name", "targetField": "territory_name"},
            {"targetField": "level", "transform": "CONST", "value": "AREA"},
            {"sourceField": "parent", "targetField": "parent_id"}]},
          "distributors": {
           "table": "distributors", "files": ["distributors*.csv"], "primaryKey": "dt_code",
           "requiredFields": [], "fieldMappings": [
            {"sourceField": "code", "targetField": "dt_code"},
            {"sourceField": "name", "targetField": "dt_name"},
            {"sourceField": "territory", "targetField": "territory_id"}]},
          "outlets": {
           "table": "outlets", "files": ["outlets*.csv"], "primaryKey": "outlet_id",
           "requiredFields": ["territory_id"], "fieldMappings": [
            {"sourceField": "id", "targetField": "outlet_id"},
            {"sourceField": "name", "targetField": "outlet_name"},
            {"sourceField": "channel", "targetField": "channel", "transform": "LOOKUP", "lookupTable": "channels"},
            {"sourceField": "territory", "targetField": "territory_id"},
            {"sourceField": "dt", "targetField": "dt_code"},
            {"sourceField": "lat", "targetField": "latitude"},
            {"sourceField": "lon", "targetField": "longitude"}],
           "validations": [{"rule": "COORDINATES"}, {"rule": "LENGTH", "field": "outlet_name", "maximum": 20}]}},
         "relationships": [
          {"from": "territories.parent_id", "to": "territories.territory_id"},
          {"from": "distributors.territory_id", "to": "territories.territory_id"},
          {"from": "outlets.territory_id", "to": "territories.territory_id"},
          {"from": "outlets.dt_code", "to": "distributors.dt_code"}]}
        """
}

/// Files of the shop schema.
extension TestFile {
    static let outletHeader = "id,name,channel,territory,dt,lat,lon"

    /// Territories without parents.
    static func territories(_ ids: String..., name: String = "territories.csv") -> TestFile {
        TestFile(name, "id,name,parent\n" + ids.map { "\($0),Territory \($0),\n" }.joined())
    }

    /// Distributors of one territory.
    static func distributors(_ codes: String..., in territory: String) -> TestFile {
        TestFile("distributors.csv", "code,name,territory\n" + codes.map { "\($0),Dist \($0),\(territory)\n" }.joined())
    }

    /// Outlets as written, below the header.
    static func outlets(_ lines: String..., name: String = "outlets.csv") -> TestFile {
        TestFile(name, ([outletHeader] + lines).map { $0 + "\n" }.joined())
    }
}
