import Domain

/// The figures of a territory at a glance.
struct TerritoryMetrics: Sendable {
    private var channels = Tally()
    private var tiers = Tally()
    private(set) var withoutCoordinates = 0
    /// Outlets whose coordinates a geocoder found.
    private(set) var geocoded = 0
    private(set) var unassigned = 0
    private(set) var salesVolume = 0.0

    /// Outlets by channel.
    var byChannel: [String: Int] { channels.counts }
    /// Outlets by tier.
    var byTier: [String: Int] { tiers.counts }

    /// Where the cells are, in the order of `EntityTable.columns`.
    private static let columns = (
        channel: EntityTable.outlets.index(of: "channel") ?? 0, tier: EntityTable.outlets.index(of: "tier") ?? 0,
        latitude: EntityTable.outlets.index(of: "latitude") ?? 0, route: EntityTable.outlets.index(of: "route_id") ?? 0,
        sales: EntityTable.outlets.index(of: "sales_volume") ?? 0,
        source: EntityTable.outlets.index(of: EntityTable.coordinateSource) ?? 0
    )

    /// Counts an outlet.
    mutating func add(_ cells: [PackedRow.Cell]) {
        let columns = Self.columns
        channels.add(cells[columns.channel])
        tiers.add(cells[columns.tier])
        if case .null = cells[columns.latitude] { withoutCoordinates += 1 }
        if !cells[columns.source].isNull { geocoded += 1 }
        if case .null = cells[columns.route] { unassigned += 1 }
        if case .real(let volume) = cells[columns.sales] { salesVolume += volume }
    }
}

/// Counts texts of which there are few.
private struct Tally: Sendable {
    private var texts: [(bytes: [UInt8], count: Int)] = []

    mutating func add(_ cell: PackedRow.Cell) {
        guard case .text(let text) = cell else { return }
        if let known = texts.firstIndex(where: { $0.bytes.elementsEqual(text) }) {
            texts[known].count += 1
        } else {
            texts.append((Array(text), 1))
        }
    }

    var counts: [String: Int] {
        Dictionary(texts.map { (String(decoding: $0.bytes, as: UTF8.self), $0.count) }, uniquingKeysWith: +)
    }
}
