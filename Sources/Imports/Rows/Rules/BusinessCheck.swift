import Domain

/// What an outlet's own cells say of how it is sold to and supplied (specification, sections 3.4 and 5.3). All of these are
/// warnings: they tell of rows that nobody will plan, or that two departments will read differently.
struct BusinessCheck {
    private let channel: Int
    private let territory: Int
    private let distributor: Int
    private let salesModel: Int
    private let fulfillment: Int
    /// Positions whose emptiness means something: they are mapped, and an empty cell empties the catalog's.
    private let told: Set<Int>
    private let isOutlets: Bool

    /// - Parameter keepsEmpty: an empty cell leaves what the catalog has.
    init(plan: RecordPlan, keepsEmpty: Bool) {
        isOutlets = plan.table == .outlets
        func position(_ column: String) -> Int { plan.table.index(of: column) ?? 0 }
        channel = position("channel")
        territory = position("territory_id")
        distributor = position("dt_code")
        salesModel = position("sales_model")
        fulfillment = position("fulfillment_type")
        told = keepsEmpty ? [] : Set(plan.targets.map(\.position))
    }

    /// Tells what is odd about a record: code, position of the column, value, and message.
    func check(
        _ cells: [MappedCell], of row: borrowing RowBytes, _ tell: (IssueCode, Int, String, String) -> Void
    ) {
        guard isOutlets else { return }
        if cells[territory].isNull, told.contains(territory), !Self.holds(cells[channel], "WS", row) {
            tell(.territoryMissing, territory, "", "without a territory no planner sees the outlet")
        }
        if cells[salesModel].isText, Self.holds(cells[salesModel], "VAN_SALES", row),
            Self.holds(cells[channel], "MT", row)
        {
            tell(.salesModel, salesModel, "VAN_SALES", "modern trade (MT) is not served from a van")
        }
        guard cells[fulfillment].isText else { return }
        if Self.holds(cells[fulfillment], "DT", row), cells[distributor].isNull, told.contains(distributor) {
            tell(.fulfillment, fulfillment, "DT", "a distributor supplies the outlet, and dt_code names none")
        }
        if Self.holds(cells[fulfillment], "DSD", row), !cells[distributor].isNull {
            tell(.fulfillment, fulfillment, "DSD", "the outlet is supplied directly, and dt_code names a distributor")
        }
    }

    private static func holds(_ cell: MappedCell, _ text: StaticString, _ row: borrowing RowBytes) -> Bool {
        guard let place = cell.text, place.count == text.utf8CodeUnitCount else { return false }
        let bytes = row[place]
        return text.withUTF8Buffer { bytes.elementsEqual($0) }
    }
}
