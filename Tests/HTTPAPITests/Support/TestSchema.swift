import Catalog
import Domain
import Foundation

/// A schema small enough to read, as a producer posts it.
enum TestSchema {
    /// Takes `outlets*.csv` and `territories.csv`.
    static func text(id: String = "tiny", name: String = "Tiny", version: String = "1", more: String = "") -> String {
        """
        {"schemaId": "\(id)", "schemaName": "\(name)", "version": "\(version)", "deltaStrategy": "UPSERT",
         "entities": {
           "outlets": {
             "table": "outlets", "files": ["outlets*.csv"], "primaryKey": "outlet_id",
             "requiredFields": ["outlet_id", "outlet_name", "channel"],
             "fieldMappings": [
               {"sourceField": "id", "targetField": "outlet_id"},
               {"sourceField": "name", "targetField": "outlet_name"},
               {"targetField": "channel", "transform": "CONST", "value": "GT"}]},
           "territories": {
             "table": "territories", "files": ["territories.csv"], "primaryKey": "territory_id",
             "requiredFields": ["territory_id", "territory_name", "level"],
             "fieldMappings": [
               {"sourceField": "id", "targetField": "territory_id"},
               {"sourceField": "name", "targetField": "territory_name"},
               {"sourceField": "level", "targetField": "level"}]}}\(more)}
        """
    }
}

extension APIHouse {
    /// Keeps the small schema.
    func saveTestSchema() async throws {
        let schema = try JSONDecoder().decode(ImportSchema.self, from: Data(TestSchema.text().utf8))
        _ = try await catalog.write { try $0.save(schema) }
    }
}
