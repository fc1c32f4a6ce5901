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

    /// Reads a territory; nil when there is none of this id.
    static func read(_ id: String, from reader: any CatalogReader) throws -> TerritoryContent? {
        var territory: [FieldValue]?
        try reader.forEachRow(.territory(id)) { territory = $0 }
        guard let territory else { return nil }
        var content = TerritoryContent(version: try reader.version(), territory: territory)
        try reader.forEachCells(.plannedOutlets(territory: id)) { content.outlets.append($0) }
        try reader.forEachRow(.routes(territory: id)) { content.routes.append($0) }
        try reader.forEachRow(.salespeople(territory: id)) { row in
            content.salespeople[row[0].text ?? ""] = row
        }
        try reader.forEachRow(.distributors(territory: id)) { content.distributors.append($0) }
        return content
    }
}
