import Domain
import Tabular
import Testing

@testable import Imports

/// Rows against what their importer may do. The catalog: country C above zones Z1 and Z2, area A1 below Z1 and A2 below Z2.
@Suite struct RightsTests {
    private static let places: [Hash128: TerritoryHierarchy.Place] = [
        "C".exactHash: .init(level: .country, parent: nil), "Z1".exactHash: .init(level: .zone, parent: "C".exactHash),
        "Z2".exactHash: .init(level: .zone, parent: "C".exactHash),
        "A1".exactHash: .init(level: .area, parent: "Z1".exactHash),
        "A2".exactHash: .init(level: .area, parent: "Z2".exactHash),
    ]

    private static func importer(
        _ territory: String = "Z1", _ level: HierarchyLevel = .zone, _ permission: Permission = .importData
    ) -> UserContext {
        UserContext(
            userId: "anna", role: .gtPlanner,
            assignments: [.init(territoryId: territory, level: level, permissions: [permission])])
    }

    private static func resolved(
        _ files: [Resolved.File], by importer: UserContext? = importer(),
        former: [EntityTable: [String: String?]] = [:], schema: ImportSchema? = nil
    ) throws -> Resolved {
        let known: [EntityTable: Set<String>] = [
            .territories: ["C", "Z1", "Z2", "A1", "A2"], .distributors: ["D"],
            .outlets: Set(former[.outlets].map { Array($0.keys) } ?? []),
        ]
        return try Resolved(files, known: known, places: places, schema: schema, importer: importer, former: former)
    }

    @Test func `a new row needs the right where it would be, there or above`() throws {
        let resolved = try Self.resolved([
            .init(.outlets, outlet("1", in: "A1"), outlet("2", in: "Z1"), outlet("3", in: "A2"), outlet("4", in: "C"))
        ])
        #expect(resolved.issues == ["0:4 ERR_AUTH_002 territory_id=A2", "0:5 ERR_AUTH_002 territory_id=C"])
        #expect(resolved.refused == [0: [2, 3]])
        #expect(resolved.allIssues.first?.message.contains("anna lacks IMPORT_DATA") == true)
    }

    /// Seen red with the catalog's territory not asked for.
    @Test func `a row that is there needs the right where it is, too`() throws {
        let resolved = try Self.resolved(
            [.init(.outlets, outlet("1", in: "A1"), outlet("2", in: "A1"), outlet("3", in: "A1"))],
            former: [.outlets: ["1": "A2", "2": "Z1", "3": nil]])
        #expect(resolved.issues == ["0:2 ERR_AUTH_002 territory_id=A2", "0:4 ERR_AUTH_002 territory_id="])
        #expect(resolved.allIssues.first?.message.contains("is in") == true)
    }

    @Test func `other tables are held to the same`() throws {
        let resolved = try Self.resolved([
            .init(.distributors, distributor("D1", in: "A1"), distributor("D2", in: "A2"))
        ])
        #expect(resolved.issues == ["0:3 ERR_AUTH_002 territory_id=A2"])
    }

    @Test func `only whoever answers for a country takes rows without a territory`() throws {
        let rows = [Resolved.File(.outlets, outlet("1"), outlet("2"))]
        let former: [EntityTable: [String: String?]] = [.outlets: ["2": "A1"]]
        #expect(try Self.resolved(rows, former: former).refused == [0: [0, 1]])
        #expect(try Self.resolved(rows, by: Self.importer("C", .country), former: former).refused == [:])
    }

    @Test func `a file that does not say where its rows are leaves them where they are`() throws {
        let unmapped = try TestSchema.shop { schema in
            schema.entities["outlets"]?.fieldMappings.removeAll { $0.targetField == "territory_id" }
        }
        let former: [EntityTable: [String: String?]] = [.outlets: ["1": "A1", "2": "A2"]]
        let resolved = try Self.resolved(
            [.init(.outlets, outlet("1"), outlet("2"), outlet("3"))], former: former, schema: unmapped)
        #expect(resolved.refused == [0: [1, 2]])
    }

    /// Seen red with the session's own hierarchy believed before its rows were allowed: hers was every territory that she
    /// hung below her own.
    @Test func `nobody reaches a territory by hanging it below her own`() throws {
        let resolved = try Self.resolved([
            .init(.territories, territory("A2", .area, under: "Z1")), .init(.outlets, outlet("1", in: "A2")),
        ])
        #expect(resolved.issues == ["0:2 ERR_AUTH_002 territory_id=A2", "1:2 ERR_AUTH_002 territory_id=A2"])
    }

    @Test func `a new territory below her own is hers, and a root is not`() throws {
        let resolved = try Self.resolved([
            .init(.territories, territory("A9", .area, under: "Z1"), territory("X", .country)),
            .init(.outlets, outlet("1", in: "A9"), outlet("2", in: "X")),
        ])
        #expect(
            resolved.issues == [
                "0:3 ERR_AUTH_002 territory_id=X", "1:3 ERR_AUTH_002 territory_id=X",
            ] || resolved.issues == ["0:3 ERR_AUTH_002 territory_id=X", "1:3 ROW_REFERENCE_UNKNOWN territory_id=X"])
        #expect(resolved.refused == [0: [1], 1: [1]])
    }

    @Test func `an administrator is held to nothing, and another permission is no right`() throws {
        let rows = [Resolved.File(.outlets, outlet("1", in: "A2"), outlet("2"))]
        #expect(try Self.resolved(rows, by: UserContext(userId: "root", role: .admin)).refused == [:])
        #expect(try Self.resolved(rows, by: nil).refused == [:])
        #expect(try Self.resolved(rows, by: Self.importer("C", .country, .viewTerritory)).refused == [0: [0, 1]])
    }
}
