/// The master data tables of the specification's section 3.4, the only targets an import may write.
///
/// A table's columns are listed without `created_date` and `modified_date`: the catalog sets these two itself.
package enum EntityTable: String, Sendable, Codable, CaseIterable, Comparable {
    case territories, distributors, salespeople, routes, outlets

    /// Columns in storage order; the first is the primary key.
    package var columns: [Column] {
        switch self {
        case .outlets: Self.outletColumns
        case .territories: Self.territoryColumns
        case .distributors: Self.distributorColumns
        case .salespeople: Self.salespersonColumns
        case .routes: Self.routeColumns
        }
    }

    /// Name of the primary key column.
    package var primaryKey: String { columns[0].name }

    /// Position of a column in `columns`.
    package func index(of column: String) -> Int? {
        columns.firstIndex { $0.name == column }
    }

    /// The column that says which territory a row belongs to; nil for `territories`, whose key says it.
    package var territoryColumn: String? {
        self == .territories ? nil : "territory_id"
    }

    /// The tables that this one refers to, by column: those named as another table's key, and a territory's parent.
    package var references: [(column: String, target: EntityTable)] {
        columns.dropFirst().compactMap { column in
            let target =
                column.name == "parent_id" ? .territories : Self.allCases.first { $0.primaryKey == column.name }
            return target.map { (column.name, $0) }
        }
    }

    /// The set by the catalog when a row is first written and whenever it changes.
    package static let clockColumns = ["created_date", "modified_date"]

    /// What the catalog has of a row, in its order: the table's own columns, then the clock's.
    package var storedColumns: [String] { columns.map(\.name) + Self.clockColumns }

    /// The column of an outlet that says where its coordinates are from: null when an import brought them,
    /// `geocoded:PROVIDER` when a geocoder found them.
    package static let coordinateSource = "coordinate_source"

    /// Tables that others refer to stand first.
    package static func < (left: EntityTable, right: EntityTable) -> Bool {
        left.mergeOrder < right.mergeOrder
    }

    private var mergeOrder: Int {
        switch self {
        case .territories: 0
        case .distributors: 1
        case .salespeople: 2
        case .routes: 3
        case .outlets: 4
        }
    }

    private static let outletColumns = [
        Column("outlet_id", required: true),
        Column("outlet_name", required: true),
        Column("address"),
        Column("latitude", .real),
        Column("longitude", .real),
        Column("channel", required: true, values: ["GT", "MT", "WS"]),
        Column("tier"),
        Column("territory_id"),
        Column("dt_code"),
        Column("route_id", isPlanned: true),
        Column("sales_model", values: ["PRE_SALES", "VAN_SALES"]),
        Column("fulfillment_type", values: ["DT", "DSD"]),
        Column("merchandising_required", .boolean),
        Column("audit_frequency"),
        Column("sales_volume", .real),
        Column("nppd_score", .real),
        Column("new_outlet_flag", .boolean),
        Column(coordinateSource, isImported: false),
    ]

    private static let territoryColumns = [
        Column("territory_id", required: true),
        Column("territory_name", required: true),
        Column("level", required: true, values: HierarchyLevel.allCases.map(\.rawValue)),
        Column("parent_id"),
        Column("optimization_params", .json),
    ]

    private static let distributorColumns = [
        Column("dt_code", required: true),
        Column("dt_name", required: true),
        Column("address"),
        Column("latitude", .real),
        Column("longitude", .real),
        Column("territory_id"),
    ]

    private static let salespersonColumns = [
        Column("salesperson_id", required: true),
        Column("salesperson_name", required: true),
        Column("working_hours"),
        Column("dt_code"),
        Column("territory_id"),
    ]

    private static let routeColumns = [
        Column("route_id", required: true),
        Column("route_name"),
        Column("territory_id"),
        Column("salesperson_id"),
        Column("dt_code"),
        Column("channel"),
        Column("visit_days", isPlanned: true),
    ]
}
