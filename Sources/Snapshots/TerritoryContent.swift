import Catalog
import Domain

/// Everything a snapshot shows, read in one transaction.
struct TerritoryContent: Sendable {
    var version: Int64
    var territory: [FieldValue]
    var outlets = OutletDocuments()
    var routes: [[FieldValue]] = []
    /// Name and working hours by salesperson.
    var salespeople: [String: [FieldValue]] = [:]
    var distributors: [[FieldValue]] = []

    private static let distributorColumn = EntityTable.outlets.index(of: "dt_code") ?? 0

    /// Reads a territory; nil when there is none of this id.
    static func read(_ id: String, from reader: any CatalogReader) throws -> TerritoryContent? {
        var territory: [FieldValue]?
        try reader.forEachRow(.territory(id)) { territory = $0 }
        guard let territory else { return nil }
        var content = TerritoryContent(version: try reader.version(), territory: territory)
        var distributors = Set<String>()
        try reader.forEachCells(.outlets(territory: id)) { cells in
            if case .text(let code) = cells[distributorColumn] {
                distributors.insert(String(decoding: code, as: UTF8.self))
            }
            if OutletDocuments.isPlanned(cells) { content.outlets.append(cells) }
        }
        try reader.forEachRow(.routes(territory: id)) { content.routes.append($0) }
        try reader.forEachRow(.salespeople(territory: id)) { row in
            content.salespeople[row[0].text ?? ""] = row
        }
        try reader.forEachRow(.distributors(territory: id, named: distributors)) { content.distributors.append($0) }
        return content
    }
}
