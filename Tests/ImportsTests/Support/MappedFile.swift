import Domain
import Tabular

@testable import Imports

/// A record after mapping and checks.
struct MappedRecord {
    /// Cells in the order of `EntityTable.columns`, unmapped ones null.
    var values: [FieldValue]
    var issues: [ImportIssue]
    var isRefused: Bool
}

extension MappedCell {
    /// The cell as a value of its own.
    func value(in row: borrowing RowBytes) -> FieldValue {
        switch tag {
        case .null: .null
        case .text: .text(row[start..<end].text)
        case .real: .real(Double(bitPattern: bits))
        case .integer: .integer(Int64(bitPattern: bits))
        }
    }
}

/// A small file, its header the first line, mapped record by record.
struct MappedFile {
    let table: EntityTable
    let records: [MappedRecord]

    /// - Parameters:
    ///   - mappings: a JSON array of field mappings.
    ///   - rules: a JSON array of validation rules.
    init(
        _ bytes: [UInt8], table: EntityTable = .outlets, mappings: String, rules: String = "[]",
        required: [String] = [], lookups: [String: [String: String]] = [:],
        options: RecordMapper.Options = RecordMapper.Options()
    ) throws {
        self.table = table
        var schema = try TestSchema.shop()
        schema.lookupTables = lookups.mapValues { LookupSource(entries: $0) }
        var entity: ImportEntity = try TestSchema.decoded(
            """
            {"table": "\(table.rawValue)", "files": ["*"], "primaryKey": "\(table.primaryKey)", "requiredFields": [],
             "fieldMappings": \(mappings), "validations": \(rules)}
            """)
        entity.requiredFields = required
        var reader = CSVReader(bytes, firstRecord: -1)
        guard reader.next() else {
            records = []
            return
        }
        let header = (0..<reader.fieldCount).map { reader.fieldString($0) }
        let plan = try RecordPlan(entity: entity, schema: schema, header: header)
        var mapper = RecordMapper(plan: plan, fileIndex: 3, options: options)
        var records: [MappedRecord] = []
        var row = RowBytes()
        var issues = 0
        bytes.withUnsafeBytes { chunk in
            while reader.next() {
                row.cut(to: 0)
                mapper.map(reader, chunk, into: &row)
                records.append(
                    MappedRecord(
                        values: mapper.cells.map { $0.value(in: row) }, issues: Array(mapper.issues[issues...]),
                        isRefused: mapper.isRefused))
                issues = mapper.issues.count
            }
        }
        self.records = records
    }

    init(
        _ text: String, table: EntityTable = .outlets, mappings: String, rules: String = "[]",
        required: [String] = [], lookups: [String: [String: String]] = [:],
        options: RecordMapper.Options = RecordMapper.Options()
    ) throws {
        try self.init(
            Array(text.utf8), table: table, mappings: mappings, rules: rules, required: required, lookups: lookups,
            options: options)
    }

    /// A column's cells, record by record.
    func cells(_ column: String) -> [FieldValue] {
        records.map { record in table.index(of: column).map { record.values[$0] } ?? .null }
    }

    /// The codes of each record's issues.
    var codes: [[IssueCode]] { records.map { $0.issues.map(\.code) } }
}
