import Domain

/// The figures of a territory at a glance.
struct TerritoryMetrics {
    private(set) var byChannel: [String: Int] = [:]
    private(set) var byTier: [String: Int] = [:]
    private(set) var withoutCoordinates = 0
    private(set) var unassigned = 0
    private(set) var salesVolume = 0.0

    init(outlets: [[FieldValue]]) {
        let table = EntityTable.outlets
        guard let channel = table.index(of: "channel"), let tier = table.index(of: "tier"),
            let latitude = table.index(of: "latitude"), let route = table.index(of: "route_id"),
            let sales = table.index(of: "sales_volume")
        else { return }
        for outlet in outlets {
            if let name = outlet[channel].text { byChannel[name, default: 0] += 1 }
            if let name = outlet[tier].text { byTier[name, default: 0] += 1 }
            if outlet[latitude].isNull { withoutCoordinates += 1 }
            if outlet[route].isNull { unassigned += 1 }
            if case .real(let volume) = outlet[sales] { salesVolume += volume }
        }
    }
}
