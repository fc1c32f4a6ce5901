import Catalog
import Domain
import TestSupport
import Testing

/// Taking a change back gives each of its rows what it was before, whatever changed the row since.
struct TakeBackTests {
    /// Seen red with later changes not undone first, and with cells of a partial row taken for all of it.
    @Test(arguments: [1, 100_000]) func `rows of any change get back what they were`(baseRows: Int) async throws {
        var random = SeededGenerator.printed("take back")
        for _ in 0..<30 {
            try await CatalogHouse.with(baseRows: baseRows) { house in
                var states: [[String: [String: FieldValue]]] = [[:]]
                var changes: [(version: Int64, keys: Set<String>)] = []
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let rows = Self.rows(&random)
                    changes.append((try await house.change(rows, replacing: Bool.random(using: &random)), []))
                    states.append(try await house.outlets())
                    changes[changes.count - 1].keys = Self.differing(states[states.count - 2], states[states.count - 1])
                }
                let position = Int.random(in: changes.indices, using: &random)
                let result = try await house.takeBack(changes[position].version)
                let expected = states[states.count - 1].filter { !changes[position].keys.contains($0.key) }
                    .merging(states[position].filter { changes[position].keys.contains($0.key) }) { $1 }
                #expect(try await house.outlets() == expected)
                let later = changes[(position + 1)...].reduce(into: Set<String>()) { $0.formUnion($1.keys) }
                #expect(result.changedLater == changes[position].keys.intersection(later).count)
            }
        }
    }

    /// Two rows in the catalog, one key to Swift. Seen red with what happened to rows looked up by `String`.
    @Test func `the twin of a key in another spelling is another row`() async throws {
        try await CatalogHouse.with { house in
            let (composed, decomposed) = ("Caf\u{E9}", "Cafe\u{301}")
            _ = try await house.change([outlet(composed, ["tier": .text("A")])], replacing: false)
            let version = try await house.change([outlet(composed, ["tier": .text("B")])], replacing: false)
            _ = try await house.change([outlet(decomposed, ["tier": .text("C")])], replacing: false)
            let result = try await house.takeBack(version)
            #expect(result.changedLater == 0 && result.restored == 1)
            let tiers = try await house.query(String.self, "SELECT tier FROM outlets ORDER BY outlet_id")
            #expect(tiers == ["C", "A"])
        }
    }

    /// Seen red with keys read as texts: the row whose key is what stands before the NUL was taken back in its place.
    @Test func `a key with a NUL is another than what stands before it`() async throws {
        try await CatalogHouse.with { house in
            _ = try await house.change(["A", "A\0b"].map { outlet($0) }, replacing: false)
            let version = try await house.change([outlet("A\0b", ["tier": .text("B")])], replacing: false)
            _ = try await house.change([outlet("A", ["tier": .text("C")])], replacing: false)
            let result = try await house.takeBack(version)
            #expect(result.changedLater == 0 && result.restored == 1)
            let tiers = try await house.query(
                String.self, "SELECT ifnull(tier, 'none') FROM outlets ORDER BY outlet_id")
            #expect(tiers == ["C", "none"])
        }
    }

    /// Changes of many rows lie in several blocks of the history, of which those of all later changes are looked at side by side. Seen red
    /// with the row that a block begins with for each of its rows.
    @Test func `many rows get back what they were before many changes`() async throws {
        try await CatalogHouse.with { house in
            func rows(_ numbers: [Int], _ column: String, _ value: String) -> [[String: FieldValue]] {
                numbers.map { outlet("O\(1000 + $0)", [column: .text("\(value) \($0)")]) }
            }
            let all = Array(0..<700)
            _ = try await house.change(rows(all, "address", "first"), replacing: false)
            _ = try await house.change(rows(all, "tier", "own"), replacing: false)
            let state = try await house.outlets()
            let version = try await house.change(rows(all, "address", "second"), replacing: false)
            for change in 0..<20 {
                let some = all.filter { $0 % 20 >= change }
                _ = try await house.change(
                    rows(some, change % 2 == 0 ? "address" : "tier", "\(change)"), replacing: false)
            }
            let result = try await house.takeBack(version)
            #expect(result.changedLater == 700 && result.restored == 700)
            #expect(try await house.outlets() == state)
        }
    }

    /// A few outlets out of nine, all of them with the same columns.
    private static func rows(_ random: inout SeededGenerator) -> [[String: FieldValue]] {
        let columns = ["address", "latitude", "tier"].filter { _ in Bool.random(using: &random) }
        return (0..<9).filter { _ in Bool.random(using: &random) }.map { number in
            var row = outlet("O\(number)", territory: ["T1", "T2", nil].randomElement(using: &random) ?? nil)
            for column in columns {
                let some = FieldValue.text(["A", "B", "\"C\""].randomElement(using: &random) ?? "A")
                let value: FieldValue = column == "latitude" ? .real(Double.random(in: 1...2, using: &random)) : some
                row[column] = Bool.random(using: &random) ? .null : value
            }
            return row
        }
    }

    private static func differing(
        _ one: [String: [String: FieldValue]], _ other: [String: [String: FieldValue]]
    ) -> Set<String> {
        Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }
    }
}

extension CatalogHouse {
    /// All outlets by their keys, without the clock columns.
    fileprivate func outlets() async throws -> [String: [String: FieldValue]] {
        let rows = try await rows(.all(.outlets)).map { $0.filter { !EntityTable.clockColumns.contains($0.key) } }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["outlet_id"]?.text ?? "", $0) })
    }

    /// Merges outlets, and removes all others when they replace what is there.
    fileprivate func change(_ rows: [[String: FieldValue]], replacing: Bool) async throws -> Int64 {
        let all = TableReplacement(scope: nil, present: []) { _ in true }
        return try await apply(try await prepare(.outlets, rows, replacement: replacing ? all : nil))
    }

    fileprivate func takeBack(_ version: Int64) async throws -> TakeBack {
        let (merge, result) = try await catalog.prepareMerge { try $0.takeBack(version: version, date: "2026-11-26") }
        let prepared = Prepared(merge: merge, delta: result.deltas[.outlets] ?? TableDelta(sources: 1))
        try await apply(prepared, session: "rollback")
        return result
    }
}
