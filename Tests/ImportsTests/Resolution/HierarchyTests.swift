import Domain
import Tabular
import TestSupport
import Testing

@testable import Imports

/// Territories of a session against each other and against those of the catalog.
@Suite struct HierarchyTests {
    private typealias Place = TerritoryHierarchy.Place

    @Test func `territories below wider ones stand, levels left out or not, and so does one without a parent`() throws {
        let resolved = try Resolved(
            [
                .init(
                    .territories, territory("DT", .distributor, under: "C"), territory("A", .area, under: "Z"),
                    territory("Z", .zone, under: "C"), territory("C", .country), territory("alone", .area))
            ], known: [.territories: ["Z"]], places: ["Z".exactHash: Place(level: .distributor, parent: nil)])
        #expect(resolved.issues == [])
    }

    /// Seen red with an equal level taken for a wider one.
    @Test func `a territory below its own, an equal or a narrower one is refused, and names both levels`() throws {
        let resolved = try Resolved([
            .init(
                .territories, territory("C", .country), territory("A", .area, under: "A"),
                territory("Z1", .zone, under: "C"), territory("Z2", .zone, under: "Z1"),
                territory("R", .region, under: "D"), territory("D", .distributor, under: "C"))
        ])
        #expect(
            resolved.issues == [
                "0:3 ROW_HIERARCHY parent_id=A", "0:5 ROW_HIERARCHY parent_id=Z1", "0:6 ROW_HIERARCHY parent_id=D",
            ])
        let words = resolved.resolution.issues(ofChunk: 0).map(\.message)
        #expect(words.contains { $0.contains("level ZONE") && $0.hasSuffix("would be ZONE") }, "\(words)")
    }

    @Test func `a circle is refused with everything that hangs on it, and the rest stands`() throws {
        let resolved = try Resolved([
            .init(
                .territories, territory("C", .country), territory("Z", .zone, under: "A"),
                territory("A", .area, under: "Z")),
            .init(.distributors, distributor("D1", in: "A"), distributor("D2", in: "Z"), distributor("D3", in: "C")),
        ])
        #expect(
            resolved.issues == [
                "0:3 ROW_HIERARCHY parent_id=A", "0:4 ROW_REFERENCE_UNKNOWN parent_id=Z",
                "1:2 ROW_REFERENCE_UNKNOWN territory_id=A", "1:3 ROW_REFERENCE_UNKNOWN territory_id=Z",
            ])
    }

    /// Seen red with the second loop of `faults` left out.
    @Test func `a territory cannot be made as narrow as what the catalog has below it`() throws {
        let places: [Hash128: Place] = [
            "Z".exactHash: Place(level: .zone, parent: nil), "A".exactHash: Place(level: .area, parent: "Z".exactHash),
        ]
        let alone = try Resolved([.init(.territories, territory("Z", .area))], places: places)
        #expect(alone.issues == ["0:2 ROW_HIERARCHY level=AREA"])
        let together = try Resolved(
            [.init(.territories, territory("Z", .area), territory("A", .distributor, under: "Z"))], places: places)
        #expect(together.issues == [])
    }

    /// A file that does not say where its territories stand leaves them where they are.
    @Test func `a parent that the catalog keeps counts, and one that is emptied does not`() throws {
        let places: [Hash128: Place] = [
            "Z".exactHash: Place(level: .zone, parent: nil), "A".exactHash: Place(level: .area, parent: "Z".exactHash),
        ]
        let file = Resolved.File(.territories, territory("A", .zone))
        #expect(try Resolved([file], places: places).issues == [])
        let unmapped = try TestSchema.shop { schema in
            schema.entities["territories"]?.fieldMappings.removeAll { $0.targetField == "parent_id" }
        }
        let merging = try TestSchema.shop { $0.deltaStrategy = .merge }
        for schema in [unmapped, merging] {
            let kept = try Resolved([file], places: places, schema: schema)
            #expect(kept.issues == ["0:2 ROW_HIERARCHY parent_id=A"])
        }
    }

    /// Any session on any catalog: what is left makes every path end. Seen red with the loop of `run` ended after the
    /// first refusals.
    @Test func `whatever a session asks for, the catalog that it makes has no circle`() throws {
        var random = SeededGenerator.printed("hierarchy")
        let ids = (0..<8).map(String.init)
        for _ in 0..<500 {
            // A catalog that is sound: each below a wider one.
            var levels: [String: HierarchyLevel] = [:]
            var parents: [String: String] = [:]
            for id in ids.prefix(Int.random(in: 0...6, using: &random)) {
                let level = HierarchyLevel.allCases.randomElement(using: &random) ?? .area
                let wider = levels.filter { $0.value.isWider(than: level) }.keys.sorted()
                levels[id] = level
                parents[id] = wider.randomElement(using: &random)
            }
            var places: [Hash128: Place] = [:]
            for (id, level) in levels {
                places[id.exactHash] = Place(level: level, parent: parents[id]?.exactHash)
            }
            let rows = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                territory(
                    ids.randomElement(using: &random) ?? "0", HierarchyLevel.allCases.randomElement(using: &random),
                    under: Bool.random(using: &random) ? ids.randomElement(using: &random) : nil)
            }
            let resolved = try Resolved(
                [.init(.territories, rows: rows)], known: [.territories: Set(levels.keys)], places: places)
            let refused = Set(resolved.refused[0] ?? [])
            for (position, row) in rows.enumerated() where !refused.contains(UInt32(position)) {
                guard let id = row["territory_id"] else { continue }
                levels[id] = row["level"].flatMap(HierarchyLevel.init)
                parents[id] = row["parent_id"]
            }
            for (id, parent) in parents {
                guard let level = levels[id], let above = levels[parent] else {
                    Issue.record("\(id) stands below \(parent), which is not there: \(rows)")
                    continue
                }
                #expect(above.isWider(than: level), "\(id) below \(parent): \(rows)")
            }
        }
    }
}
