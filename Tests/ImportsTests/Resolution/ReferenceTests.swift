import Domain
import TestSupport
import Testing

@testable import Imports

@Suite struct ReferenceTests {
    @Test func `a reference holds to a row of the session, in any file, or of the catalog`() throws {
        let resolved = try Resolved(
            [
                .init(.outlets, outlet("A", in: "T1", of: "D1"), outlet("B", in: "T2", of: "D2"), outlet("C")),
                .init(.distributors, distributor("D1", in: "T2")), .init(.territories, territory("T1")),
            ], known: [.territories: ["T2"], .distributors: ["D2"]])
        #expect(resolved.issues == [])
        #expect(resolved.refused == [:])
        // Of what the session holds itself the catalog is not asked.
        #expect(resolved.asked == [.territories: ["T2"], .distributors: ["D2"]])
    }

    @Test func `a reference to nothing refuses its row and tells column and value`() throws {
        let resolved = try Resolved(
            [.init(.outlets, outlet("A", in: "T9", of: "D9"), outlet("B", in: "T1"), outlet("C", in: "T9"))],
            known: [.territories: ["T1"]])
        // Once for a row: what else is wrong with a refused row shows when this is mended.
        #expect(
            resolved.issues == [
                "0:2 ROW_REFERENCE_UNKNOWN territory_id=T9", "0:4 ROW_REFERENCE_UNKNOWN territory_id=T9",
            ])
        #expect(resolved.refused == [0: [0, 2]])
    }

    /// Seen red with the loop of `run` going round once.
    @Test func `a refused territory takes its distributors along, and these their outlets`() throws {
        let resolved = try Resolved([
            .init(.outlets, outlet("A", of: "D1"), outlet("B", of: "D2"), outlet("C", in: "T3")),
            .init(.distributors, distributor("D1", in: "T3"), distributor("D2", in: "T4")),
            .init(.territories, territory("T3", under: "T2"), territory("T2", under: "T1"), territory("T4")),
        ])
        #expect(
            resolved.issues == [
                "0:2 ROW_REFERENCE_UNKNOWN dt_code=D1", "0:4 ROW_REFERENCE_UNKNOWN territory_id=T3",
                "1:2 ROW_REFERENCE_UNKNOWN territory_id=T3", "2:2 ROW_REFERENCE_UNKNOWN parent_id=T2",
                "2:3 ROW_REFERENCE_UNKNOWN parent_id=T1",
            ])
        #expect(resolved.refused == [0: [0, 2], 1: [0], 2: [0, 1]])
    }

    @Test func `a refused row that the catalog has already is still there to be referred to`() throws {
        let resolved = try Resolved(
            [.init(.distributors, distributor("D1", in: "T9")), .init(.outlets, outlet("A", of: "D1"))],
            known: [.distributors: ["D1"]])
        #expect(resolved.refused == [0: [0]])
    }

    /// Seen red with every severity taken for an error.
    @Test func `a reference that is only a warning keeps its row, and takes nothing along`() throws {
        let schema = try TestSchema.shop { schema in
            schema.relationships = schema.relationships?.map { relationship in
                var relationship = relationship
                if relationship.from == "distributors.territory_id" { relationship.severity = .warning }
                return relationship
            }
        }
        let resolved = try Resolved(
            [.init(.distributors, distributor("D1", in: "T9")), .init(.outlets, outlet("A", of: "D1"))], schema: schema)
        #expect(resolved.issues == ["0:2 ROW_REFERENCE_UNKNOWN territory_id=T9"])
        #expect(resolved.resolution.issues(ofChunk: 0).map(\.severity) == [.warning])
        #expect(resolved.refused == [:])
    }

    /// Seen red: the second passed for the first, and the catalog was left with a reference to nothing.
    @Test func `a reference that only looks like a key is unknown`() throws {
        let here = try Resolved([
            .init(.distributors, distributor("Café")),
            .init(.outlets, outlet("A", of: "Café"), outlet("B", of: "Cafe\u{301}")),
        ])
        #expect(here.refused == [1: [1]])
        let there = try Resolved(
            [.init(.outlets, outlet("A", of: "Café"), outlet("B", of: "Cafe\u{301}"))], known: [.distributors: ["Café"]]
        )
        #expect(there.refused == [0: [1]])
    }

    /// Rows at random against a model that goes round until nothing changes; the same rows cut into other chunks are
    /// refused alike.
    @Test func `any session is resolved as the model does, however it is cut into chunks`() throws {
        var random = SeededGenerator.printed("references")
        for _ in 0..<300 {
            let ids = ["1", "2", "3", "4", "5"]
            var rows: [(EntityTable, [String: String])] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let id = ids.randomElement(using: &random) ?? "1"
                let (one, two) = (ids.randomElement(using: &random), ids.randomElement(using: &random))
                switch Int.random(in: 0..<3, using: &random) {
                case 0: rows.append((.territories, territory(id, under: Bool.random(using: &random) ? one : nil)))
                case 1: rows.append((.distributors, distributor(id, in: one)))
                default: rows.append((.outlets, outlet(id, in: one, of: two)))
                }
            }
            let known: [EntityTable: Set<String>] = [.territories: [ids[0]], .distributors: [ids[1]]]
            let single = try Resolved(rows.map { .init($0.0, $0.1) }, known: known)
            let expected = Self.model(rows, known)
            #expect(Set(single.refused.keys) == expected, "\(rows)")
            // Neighbours of one table share a chunk.
            var chunks: [(EntityTable, [Int])] = []
            for (index, row) in rows.enumerated() {
                if let last = chunks.last, last.0 == row.0, Bool.random(using: &random) {
                    chunks[chunks.count - 1].1.append(index)
                } else {
                    chunks.append((row.0, [index]))
                }
            }
            let cut = try Resolved(chunks.map { .init($0.0, rows: $0.1.map { rows[$0].1 }) }, known: known)
            let refused = cut.refused.flatMap { chunk, positions in positions.map { chunks[chunk].1[Int($0)] } }
            #expect(Set(refused) == expected, "\(rows)")
        }
    }

    private static func model(_ rows: [(EntityTable, [String: String])], _ known: [EntityTable: Set<String>]) -> Set<
        Int
    > {
        var refused: Set<Int> = []
        func key(_ index: Int) -> String { rows[index].1[rows[index].0.primaryKey] ?? "" }
        for (index, row) in rows.enumerated() {
            let later = rows.indices.dropFirst(index + 1)
            if later.contains(where: { rows[$0].0 == row.0 && key($0) == key(index) }) { refused.insert(index) }
        }
        func has(_ table: EntityTable, _ id: String) -> Bool {
            known[table]?.contains(id) == true
                || rows.indices.contains { rows[$0].0 == table && key($0) == id && !refused.contains($0) }
        }
        var before = -1
        while before != refused.count {
            before = refused.count
            for (index, row) in rows.enumerated() {
                let wanted: [(EntityTable, String?)] = [
                    (.territories, row.0 == .territories ? row.1["parent_id"] : row.1["territory_id"]),
                    (.distributors, row.0 == .outlets ? row.1["dt_code"] : nil),
                ]
                if wanted.contains(where: { table, id in id.map { !has(table, $0) } ?? false }) {
                    refused.insert(index)
                }
            }
        }
        return refused
    }
}
