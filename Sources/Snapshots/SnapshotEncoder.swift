import Crypto
import Domain
import Foundation

/// Writes a territory's content as JSON: the specification's row form and its map view.
struct SnapshotEncoder {
    /// A document: what is hashed, and the whole of it.
    struct Document {
        var hash: String
        var bytes: [UInt8]
    }

    let content: TerritoryContent
    let generatedAt: String

    private var territoryID: String { content.territory[0].text ?? "" }

    /// The specification's snapshot, section 3.4.
    func full() -> Document {
        var body = JSONText()
        body.object { body in
            body.key("metrics")
            metrics(&body)
            body.key("outlets")
            body.raw(content.outlets.fullJSON)
            body.key("routes")
            routes(&body)
            body.key("distributors")
            rows(content.distributors, of: .distributors, &body)
            body.key("optimization_params")
            let position = EntityTable.territories.index(of: "optimization_params") ?? 0
            body.value(content.territory[position], as: .json)
        }
        let hash = Hexadecimal.text(SHA256.hash(data: body.bytes))
        return Document(hash: hash, bytes: framed(body.bytes))
    }

    /// The fields of section 8.4, coordinates to five decimals.
    func map() -> [UInt8] {
        var body = JSONText()
        body.object { body in
            body.key("outlets")
            body.raw(content.outlets.mapJSON)
        }
        return framed(body.bytes)
    }

    /// Puts territory, instant and version, which the hash leaves out, before the members of `body`.
    private func framed(_ body: [UInt8]) -> [UInt8] {
        var head = JSONText()
        head.object { head in
            head.key("territory_id")
            head.string(territoryID)
            head.key("generated_at")
            head.string(generatedAt)
            head.key("catalog_version")
            head.integer(content.version)
        }
        return head.bytes.dropLast() + [UInt8(ascii: ",")] + body.dropFirst()
    }

    private func metrics(_ body: inout JSONText) {
        let metrics = content.outlets.metrics
        body.object { body in
            body.key("outlets")
            body.integer(Int64(content.outlets.count))
            body.key("routes")
            body.integer(Int64(content.routes.count))
            body.key("distributors")
            body.integer(Int64(content.distributors.count))
            for (name, counts) in [("by_channel", metrics.byChannel), ("by_tier", metrics.byTier)] {
                body.key(name)
                body.object { body in
                    for (value, count) in counts.sorted(by: { $0.key < $1.key }) {
                        body.key(value)
                        body.integer(Int64(count))
                    }
                }
            }
            body.key("without_coordinates")
            body.integer(Int64(metrics.withoutCoordinates))
            body.key("unassigned")
            body.integer(Int64(metrics.unassigned))
            body.key("sales_volume")
            body.number(metrics.salesVolume)
        }
    }

    private func rows(_ rows: [[FieldValue]], of table: EntityTable, _ body: inout JSONText) {
        body.array { body in
            for row in rows {
                body.object { members(of: row, table, &$0) }
            }
        }
    }

    /// Routes with their salesperson's name and working hours, as the specification's join has them.
    private func routes(_ body: inout JSONText) {
        let salesperson = EntityTable.routes.index(of: "salesperson_id") ?? 0
        body.array { body in
            for route in content.routes {
                let person = content.salespeople[route[salesperson].text ?? ""]
                body.object { body in
                    members(of: route, .routes, &body)
                    for name in ["salesperson_name", "working_hours"] {
                        body.key(name)
                        let position = EntityTable.salespeople.index(of: name) ?? 0
                        body.value(person?[position] ?? .null, as: .text)
                    }
                }
            }
        }
    }

    private func members(of row: [FieldValue], _ table: EntityTable, _ body: inout JSONText) {
        for (column, cell) in zip(table.columns, row) {
            body.key(column.name)
            body.value(cell, as: column.kind)
        }
        for (name, cell) in zip(EntityTable.clockColumns, row.dropFirst(table.columns.count)) {
            body.key(name)
            body.value(cell, as: .date)
        }
    }
}
