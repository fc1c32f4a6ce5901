import Crypto
import Domain
import Foundation

/// Writes a territory's content as JSON: the specification's row form and its map view.
struct SnapshotEncoder {
    /// A document in pieces, which are joined nowhere: outlets by the ten thousand take their room once.
    struct Document {
        /// SHA-256 of what counts as the content, hexadecimal.
        var hash: String
        var pieces: [[UInt8]]
    }

    let content: TerritoryContent
    let generatedAt: String

    private var territoryID: String { content.territory[0].text ?? "" }

    /// The specification's snapshot, section 3.4.
    func full() -> Document {
        var head = JSONText()
        head.open("{")
        head.key("metrics")
        metrics(&head)
        head.key("outlets")
        var tail = JSONText(continuing: true)
        tail.key("routes")
        routes(&tail)
        tail.key("distributors")
        rows(content.distributors, of: .distributors, &tail)
        tail.key("optimization_params")
        let position = EntityTable.territories.index(of: "optimization_params") ?? 0
        tail.value(content.territory[position], as: .json)
        let body = [head.bytes] + content.outlets.fullJSON + [[UInt8(ascii: "]")] + tail.bytes + [UInt8(ascii: "}")]]
        var hash = SHA256()
        for piece in body { hash.update(data: piece) }
        return Document(hash: Hexadecimal.text(hash.finalize()), pieces: framed(body))
    }

    /// The fields of section 8.4, coordinates to five decimals.
    func map() -> [[UInt8]] {
        var head = JSONText()
        head.open("{")
        head.key("outlets")
        return framed([head.bytes] + content.outlets.mapJSON + [Array("]}".utf8)])
    }

    /// Puts territory, instant and version, which the hash leaves out, before the members of `body`.
    private func framed(_ body: [[UInt8]]) -> [[UInt8]] {
        var frame = JSONText()
        frame.open("{")
        frame.key("territory_id")
        frame.string(territoryID)
        frame.key("generated_at")
        frame.string(generatedAt)
        frame.key("catalog_version")
        frame.integer(content.version)
        return [frame.bytes + [UInt8(ascii: ",")] + body[0].dropFirst()] + body.dropFirst()
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
            body.key("geocoded")
            body.integer(Int64(metrics.geocoded))
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
