import Domain

/// A territory's outlets as JSON, written while they are read: row by row they would take many times the room.
struct OutletDocuments: Sendable {
    private(set) var count = 0
    private(set) var metrics = TerritoryMetrics()
    private var rows = JSONText.openArray
    private var map = JSONText.openArray

    /// A member of a row: where its cell is, its name as JSON, and what kind of cell it is.
    private struct Member {
        let position: Int
        let name: [UInt8]
        let kind: Column.Kind
    }

    private static let table = EntityTable.outlets
    private static let rowMembers =
        (table.columns.map { ($0.name, $0.kind) } + EntityTable.clockColumns.map { ($0, .date) }).enumerated()
        .map { Member(position: $0, name: JSONText.made(key: $1.0), kind: $1.1) }
    private static let mapMembers = [
        ("outlet_id", "outlet_id"), ("outlet_name", "name"), ("latitude", "lat"), ("longitude", "lng"),
        ("channel", "channel"), ("tier", "tier"),
    ].compactMap { column, name in
        table.index(of: column).map {
            Member(position: $0, name: JSONText.made(key: name), kind: table.columns[$0].kind)
        }
    }

    /// Adds an outlet: its cells, then created and modified date.
    mutating func append(_ cells: [PackedRow.Cell]) {
        count += 1
        metrics.add(cells)
        rows.object { row in
            for member in Self.rowMembers {
                row.key(made: member.name)
                row.value(cell: cells[member.position], as: member.kind)
            }
        }
        map.object { row in
            for member in Self.mapMembers {
                row.key(made: member.name)
                row.value(cell: Self.rounded(cells[member.position]), as: member.kind)
            }
        }
    }

    /// Coordinates to five decimals, about a metre.
    private static func rounded(_ cell: PackedRow.Cell) -> PackedRow.Cell {
        if case .real(let number) = cell { .real((number * 1e5).rounded() / 1e5) } else { cell }
    }

    /// The rows of section 3.4, a JSON array that lacks its closing bracket.
    var fullJSON: [UInt8] { rows.bytes }

    /// The rows of the map view, a JSON array that lacks its closing bracket.
    var mapJSON: [UInt8] { map.bytes }
}

extension JSONText {
    /// An array to which values are added one after the other.
    fileprivate static var openArray: JSONText {
        var text = JSONText()
        text.open("[")
        return text
    }
}
