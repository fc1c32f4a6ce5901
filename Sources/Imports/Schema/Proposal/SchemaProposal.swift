package import Domain
import Foundation
import Tabular

/// A schema for a file that nobody has mapped yet, from its header and its first records. It validates as it stands; how far
/// it can be trusted, each column says.
package struct SchemaProposal: Sendable, Encodable {
    /// How one target column would be filled.
    package struct Column: Sendable, Encodable {
        package var target: String
        package var sources: [String]
        package var transform: FieldMapping.Transform?
        /// 0 to 1; below a half look before you save.
        package var confidence: Double
        package var reason: String
    }

    package var schema: ImportSchema
    package var columns: [Column]
    /// Columns of the file that no target takes.
    package var unmapped: [String]

    /// Less is no reason to map a column.
    private static let leastConfidence = 0.45
    private static let channelWords: [(String, [String])] = [
        ("GT", ["gt", "general", "traditional", "kirana", "independent"]), ("MT", ["mt", "modern", "chain", "super"]),
        ("WS", ["ws", "wholesale", "cash"]),
    ]

    /// - Parameters:
    ///   - fileName: the schema's entity takes files of this name, digits in it left open.
    ///   - head: the text's beginning; what is cut off of its last record does not matter.
    ///   - table: what the file fills; the best guess when nil.
    ///   - isWhole: whether there is no more of it.
    /// - Throws: `RequestError` when it is no table.
    init(
        fileName: String, head: [UInt8], table: EntityTable?, stated: CSVStatement = CSVStatement(),
        isWhole: Bool = false
    ) throws(RequestError) {
        let text = try ProposedText(fileName, head, stated: stated, isWhole: isWhole)
        let shapes = text.shapes
        let ranked = (table.map { [$0] } ?? EntityTable.allCases).map { table in
            (table, text.hasHeader ? Self.matches(shapes, table) : Self.matchesByValue(shapes, table))
        }
        let best = ranked.max { Self.fit($0.1, $0.0) < Self.fit($1.1, $1.0) } ?? (.outlets, [])
        var columns = best.1
        let found = best.0
        var lookups: [String: LookupSource] = [:]
        Self.readChannels(&columns, shapes, &lookups)
        Self.fillRequired(&columns, shapes, found)
        let name = found.rawValue
        var entity = ImportEntity(
            table: found, files: [Self.pattern(fileName)], primaryKey: found.primaryKey,
            requiredFields: found.columns.filter(\.required).map(\.name),
            fieldMappings: columns.map { Self.mapping($0, lookups) }, validations: Self.rules(columns, found))
        if !text.hasHeader { entity.columns = text.columns }
        schema = ImportSchema(
            schemaId: "proposed-\(name)", schemaName: "Proposed for \(fileName)", version: "1", deltaStrategy: .upsert,
            errorThreshold: 0.25, lookupTables: lookups.isEmpty ? nil : lookups, entities: [name: entity],
            relationships: nil)
        self.columns = columns
        let used = Set(columns.flatMap(\.sources))
        unmapped = shapes.map(\.header).filter { !used.contains($0) }
    }

    /// The best header for each column of a table, each header for one column.
    private static func matches(_ shapes: [ColumnShape], _ table: EntityTable) -> [Column] {
        var candidates: [(column: Domain.Column, shape: ColumnShape, confidence: Double)] = []
        for column in table.columns where column.isImported {
            for shape in shapes {
                let likeness = ColumnNames.likeness(shape.header, column.name, of: table)
                guard likeness > 0, let fit = valueFit(shape, column, table) else { continue }
                candidates.append((column, shape, likeness * fit))
            }
        }
        candidates.sort {
            ($0.confidence, $1.column.name, $1.shape.header) > ($1.confidence, $0.column.name, $0.shape.header)
        }
        var columns: [Column] = []
        var used: Set<String> = []
        for candidate in candidates where candidate.confidence >= leastConfidence {
            guard !used.contains(candidate.shape.header) else { continue }
            if let known = columns.firstIndex(where: { $0.target == candidate.column.name }) {
                // An address may stand in several columns.
                guard candidate.column.name == "address" else { continue }
                columns[known].sources.append(candidate.shape.header)
                columns[known].transform = .concat
            } else {
                columns.append(
                    Column(
                        target: candidate.column.name, sources: [candidate.shape.header], transform: nil,
                        confidence: rounded(candidate.confidence), reason: "the name, and values that fit"))
            }
            used.insert(candidate.shape.header)
        }
        // Parts of an address in the order of the file.
        let order = shapes.map(\.header)
        for index in columns.indices {
            columns[index].sources.sort { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) }
        }
        return columns
    }

    /// Of a file without header the values alone tell: places, what tells records apart, and the first text.
    private static func matchesByValue(_ shapes: [ColumnShape], _ table: EntityTable) -> [Column] {
        var columns: [Column] = []
        func add(_ target: String?, _ shape: ColumnShape?) {
            guard let target, let shape, table.index(of: target) != nil else { return }
            columns.append(
                Column(
                    target: target, sources: [shape.header], transform: nil, confidence: leastConfidence,
                    reason: "the values alone, as there is no header"))
        }
        let place = shapes.indices.dropLast().first {
            shapes[$0].isLatitude > 0.95 && shapes[$0 + 1].isLongitude > 0.95
        }
        let others = shapes.indices.filter { $0 != place && $0 - 1 != place }.map { shapes[$0] }
        let key = others.first { $0.isDistinct == 1 && $0.isFilled == 1 }
        add(table.primaryKey, key)
        let name = table.columns.first { $0.name.hasSuffix("_name") }?.name
        add(name, others.first { $0.header != key?.header && $0.isNumeric < 0.5 && $0.isDistinct > 0.5 })
        if let place {
            add("latitude", shapes[place])
            add("longitude", shapes[place + 1])
        }
        return columns
    }

    /// How far the values are what the column holds, 0 to 1; nil when they are not.
    private static func valueFit(_ shape: ColumnShape, _ column: Domain.Column, _ table: EntityTable) -> Double? {
        if shape.filled == 0 { return 0.5 }
        switch column.kind {
        case .real:
            let share =
                switch column.name {
                case "latitude": shape.isLatitude
                case "longitude": shape.isLongitude
                default: shape.isNumeric
                }
            return share < 0.5 ? nil : share
        case .boolean: return shape.isBoolean < 0.9 ? nil : shape.isBoolean
        case .json: return nil
        case .text, .date:
            if column.name == table.primaryKey { return 0.4 + 0.6 * shape.isDistinct * shape.isFilled }
            if column.name == "channel" || column.name == "tier" { return shape.distinct.count <= 50 ? 1 : nil }
            return shape.isLatitude > 0.9 ? 0.3 : 1
        }
    }

    /// How much of a table the file fills; what the table cannot do without counts double. Of two that fit alike it is outlets,
    /// which most files are of.
    private static func fit(_ columns: [Column], _ table: EntityTable) -> Double {
        let required = Set(table.columns.filter(\.required).map(\.name))
        let weights = columns.map { $0.confidence * (required.contains($0.target) ? 2 : 1) }
        return weights.reduce(0, +) * (table == .outlets ? 1.1 : 1)
    }

    /// Channels are a list of three: other words become a lookup table, as far as they tell.
    private static func readChannels(
        _ columns: inout [Column], _ shapes: [ColumnShape], _ lookups: inout [String: LookupSource]
    ) {
        guard let index = columns.firstIndex(where: { $0.target == "channel" }),
            let shape = shapes.first(where: { $0.header == columns[index].sources[0] })
        else { return }
        var entries: [String: String] = [:]
        for value in shape.distinct {
            let words = ColumnNames.words(of: value)
            entries[value] =
                channelWords.first { _, known in words.contains { word in known.contains { word.hasPrefix($0) } } }?.0
        }
        guard !entries.isEmpty else {
            // A "type" that says nothing of trade is no channel.
            columns.remove(at: index)
            return
        }
        if entries.allSatisfy({ $0.key.uppercased() == $0.value }) {
            columns[index].transform = .upper
            return
        }
        lookups["channels"] = LookupSource(entries: entries)
        columns[index].transform = .lookup
        columns[index].confidence = rounded(
            columns[index].confidence * Double(entries.count) / Double(max(1, shape.distinct.count)))
        columns[index].reason = "\(entries.count) of \(shape.distinct.count) values tell of a channel"
    }

    /// What the table cannot do without is filled with a stand-in that says so.
    private static func fillRequired(_ columns: inout [Column], _ shapes: [ColumnShape], _ table: EntityTable) {
        for column in table.columns where column.required && !columns.contains(where: { $0.target == column.name }) {
            var stand = Column(
                target: column.name, sources: [], transform: .const, confidence: 0,
                reason: "no column of the file says it: give the value that holds for all")
            if column.name == table.primaryKey {
                stand.transform = .contentHash
                stand.sources = Array(shapes.filter { $0.isFilled > 0.5 }.map(\.header).prefix(4))
                stand.confidence = 0.2
                stand.reason = "no column is a key: a hash over what tells records apart"
            } else if column.values == nil, let text = shapes.first(where: { $0.isNumeric < 0.5 && $0.filled > 0 }) {
                stand.transform = nil
                stand.sources = [text.header]
                stand.confidence = 0.2
                stand.reason = "the first column of texts"
            }
            columns.append(stand)
        }
        let order = table.columns.map(\.name)
        columns.sort { (order.firstIndex(of: $0.target) ?? 0) < (order.firstIndex(of: $1.target) ?? 0) }
    }

    private static func mapping(_ column: Column, _ lookups: [String: LookupSource]) -> FieldMapping {
        var mapping = FieldMapping(targetField: column.target)
        if column.sources.count == 1 { mapping.sourceField = column.sources[0] }
        if column.sources.count > 1 { mapping.sourceFields = column.sources }
        mapping.transform = column.transform
        switch column.transform {
        case .const: mapping.value = column.target == "channel" ? "GT" : column.target == "level" ? "AREA" : "unknown"
        case .lookup: mapping.lookupTable = "channels"
        case .concat: mapping.separator = ", "
        default: break
        }
        return mapping
    }

    private static func rules(_ columns: [Column], _ table: EntityTable) -> [ValidationRule] {
        let targets = Set(columns.map(\.target))
        var rules: [ValidationRule] = []
        if targets.isSuperset(of: ["latitude", "longitude"]) {
            rules.append(ValidationRule(rule: .coordinates, severity: .error))
        }
        if let name = table.columns.first(where: { $0.name.hasSuffix("_name") }), targets.contains(name.name) {
            rules.append(ValidationRule(rule: .length, field: name.name, severity: .error, maximum: 200))
        }
        return rules
    }

    /// `outlets_2026-11.csv` and the next month's are the same kind of file.
    private static func pattern(_ fileName: String) -> String {
        var pattern = ""
        for character in fileName {
            let open = character.isNumber || character == "*" || character == "?"
            if !open { pattern.append(character) } else if pattern.last != "*" { pattern.append("*") }
        }
        return pattern
    }

    private static func rounded(_ confidence: Double) -> Double { (confidence * 100).rounded() / 100 }
}
