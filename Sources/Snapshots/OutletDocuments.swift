import Domain

/// A territory's outlets as JSON, written while they are read: row by row they would take many times the room.
struct OutletDocuments: Sendable {
    private(set) var count = 0
    private(set) var metrics = TerritoryMetrics()
    private var rows = JSONPieces()
    private var map = JSONPieces()

    /// A member of a row: where its cell is, its name as JSON, and what kind of cell it is. Nothing in it is counted when it is
    /// looked at, which happens for each cell of each outlet.
    // SAFETY: the name is never changed and never freed: there is one of each member for the length of the process.
    private struct Member: @unchecked Sendable {
        let position: Int
        let name: UnsafeRawBufferPointer
        let kind: Column.Kind

        init(position: Int, name: String, kind: Column.Kind) {
            let made = JSONText.made(key: name)
            let kept = UnsafeMutableRawBufferPointer.allocate(byteCount: made.count, alignment: 1)
            kept.copyBytes(from: made)
            self.position = position
            self.name = UnsafeRawBufferPointer(kept)
            self.kind = kind
        }
    }

    private static let table = EntityTable.outlets
    private static let rowMembers =
        (table.columns.map { ($0.name, $0.kind) } + EntityTable.clockColumns.map { ($0, .date) }).enumerated()
        .map { Member(position: $0, name: $1.0, kind: $1.1) }
    private static let mapMembers = [
        ("outlet_id", "outlet_id"), ("outlet_name", "name"), ("latitude", "lat"), ("longitude", "lng"),
        ("channel", "channel"), ("tier", "tier"),
    ].compactMap { column, name in
        table.index(of: column).map {
            Member(position: $0, name: name, kind: table.columns[$0].kind)
        }
    }

    private static let channelColumn = table.index(of: "channel") ?? 0

    /// Whether an outlet is planned for: the specification's query leaves wholesalers out.
    static func isPlanned(_ cells: [PackedRow.Cell]) -> Bool {
        guard case .text(let channel) = cells[channelColumn] else { return false }
        return channel.elementsEqual("GT".utf8) || channel.elementsEqual("MT".utf8)
    }

    /// Adds an outlet: its cells, then created and modified date.
    mutating func append(_ cells: [PackedRow.Cell]) {
        count += 1
        metrics.add(cells)
        rows.add { row in
            for member in Self.rowMembers {
                row.key(made: member.name)
                row.value(cell: cells[member.position], as: member.kind)
            }
        }
        map.add { row in
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
    var fullJSON: [[UInt8]] { rows.all }

    /// The rows of the map view, a JSON array that lacks its closing bracket.
    var mapJSON: [[UInt8]] { map.all }
}

/// A JSON array of objects in pieces of about a mebibyte: one text of all of them would be copied again and again as it grows, and
/// take twice its room.
private struct JSONPieces: Sendable {
    private static let pieceBytes = 1 << 20
    /// More than an object has.
    private static let slack = 1 << 16

    private var pieces: [[UInt8]] = []
    private var present: JSONText

    init() {
        present = JSONText()
        present.open("[")
    }

    mutating func add(_ body: (inout JSONText) -> Void) {
        present.object(body)
        if present.bytes.count >= Self.pieceBytes {
            pieces.append(present.takeBytes(reserving: Self.pieceBytes + Self.slack))
        }
    }

    var all: [[UInt8]] { pieces + [present.bytes] }
}
