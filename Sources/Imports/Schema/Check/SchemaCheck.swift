import Domain

/// Checks a schema whole before it is kept: every fault is named at once.
enum SchemaCheck {
    private static let maximumEntities = 500
    private static let maximumLookupEntries = 200_000

    /// - Throws: `RequestError` listing the faults.
    static func demandSound(_ schema: ImportSchema) throws(RequestError) {
        let faults = faults(in: schema)
        guard faults.isEmpty else {
            throw RequestError(.schemaValidationFailed, faults.prefix(50).joined(separator: "; ") + ".")
        }
    }

    /// What is wrong, in words.
    static func faults(in schema: ImportSchema) -> [String] {
        var faults: [String] = []
        if !isName(schema.schemaId) {
            faults.append("schemaId must be 1 to 100 letters, digits, \"-\", \"_\" or \".\"")
        }
        if !isName(schema.version) { faults.append("version must be 1 to 100 letters, digits, \"-\", \"_\" or \".\"") }
        if schema.entities.isEmpty { faults.append("a schema needs an entity") }
        if schema.entities.count > maximumEntities { faults.append("a schema has at most \(maximumEntities) entities") }
        if let threshold = schema.errorThreshold, !(0...1).contains(threshold) {
            faults.append("errorThreshold is a share between 0 and 1")
        }
        for (name, source) in (schema.lookupTables ?? [:]).sorted(by: { $0.key < $1.key }) {
            if source.entries == nil { faults.append("lookup table \(name) has no entries") }
            if (source.entries?.count ?? 0) > maximumLookupEntries {
                faults.append("lookup table \(name) has more than \(maximumLookupEntries) entries")
            }
        }
        for (name, entity) in schema.entities.sorted(by: { $0.key < $1.key }) {
            faults += Self.faults(in: entity, of: schema).map { "entity \(name): \($0)" }
        }
        faults += replacementFaults(in: schema) + sumFaults(in: schema)
        for relationship in schema.relationships ?? []
        where ColumnReference(relationship.from) == nil
            || ColumnReference(relationship.to)?.isPrimaryKey != true
        {
            faults.append(
                "relationship \(relationship.from) → \(relationship.to): give table.column, and on the right a primary key"
            )
        }
        return faults
    }

    private static func faults(in entity: ImportEntity, of schema: ImportSchema) -> [String] {
        var faults: [String] = []
        let table = entity.table
        if entity.files.isEmpty { faults.append("no file pattern") }
        if entity.primaryKey != table.primaryKey {
            faults.append("primaryKey of \(table.rawValue) is \(table.primaryKey)")
        }
        let mapped = entity.fieldMappings.map(\.targetField)
        if Set(mapped).count != mapped.count { faults.append("a targetField is mapped twice") }
        let required = Set(entity.requiredFields + table.columns.filter(\.required).map(\.name))
        for field in required.sorted() where !mapped.contains(field) {
            faults.append("required field \(field) is not mapped")
        }
        for mapping in entity.fieldMappings {
            faults += Self.faults(in: mapping, into: table, of: schema)
        }
        faults += columnFaults(in: entity) + planningFaults(in: entity)
        for rule in entity.validations ?? [] {
            var found = Self.faults(in: rule, on: table) + kindFaults(in: rule, on: table)
            if found.isEmpty { found = unmappedFaults(in: rule, mapped: required.union(mapped)) }
            faults += found.map { "rule \(rule.rule.rawValue): \($0)" }
        }
        return faults
    }

    private static func faults(
        in mapping: FieldMapping, into table: EntityTable, of schema: ImportSchema
    ) -> [String] {
        let target = mapping.targetField
        guard let position = table.index(of: target) else { return ["\(table.rawValue) has no column \(target)"] }
        guard table.columns[position].isImported else {
            return ["\(table.rawValue).\(target) is set by the catalog: no file can fill it"]
        }
        var faults: [String] = []
        switch mapping.transform {
        case .const:
            if mapping.value == nil { faults.append("\(target): CONST needs a value") }
            return faults
        case .lookup:
            if let name = mapping.lookupTable {
                if schema.lookupTables?[name] == nil { faults.append("\(target): there is no lookup table \(name)") }
            } else {
                faults.append("\(target): LOOKUP needs a lookupTable")
            }
        case .dateFormat:
            if mapping.format.flatMap(DatePattern.init) == nil {
                faults.append("\(target): DATE_FORMAT needs a format of yyyy, MM and dd, such as MM/dd/yyyy")
            }
        case .amount:
            if table.index(of: target).map({ table.columns[$0].kind }) != .real {
                faults.append("\(target): AMOUNT is for columns of numbers")
            }
            if mapping.factor?.isFinite == false || mapping.factor == 0 {
                faults.append("\(target): factor is a number other than 0")
            }
        case .upper, .lower, .concat, .contentHash, nil: break
        }
        if mapping.sources.isEmpty { faults.append("\(target): no sourceField") }
        return faults
    }

    /// The entities that fill each table, by name.
    static func byTable(_ schema: ImportSchema) -> [(
        table: EntityTable, entities: [(name: String, entity: ImportEntity)]
    )] {
        Dictionary(grouping: schema.entities, by: \.value.table).sorted { $0.key < $1.key }.map { table, entities in
            (table, entities.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                Character(UnicodeScalar(byte)).isLetter && byte < 128 || (48...57).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
            }
    }
}
