import Catalog
import Domain
import Testing

/// What the catalog remembers of changes that were made.
struct HistoryTests {
    @Test func `tells the keys of a table that some versions changed`() async throws {
        try await CatalogHouse.with { house in
            for round in 1...3 {
                try await house.merge(.outlets, (0...round).map { outlet("O\($0)", ["tier": .text("\(round)")]) })
                try await house.merge(.territories, [territory("T\(round)")])
            }
            let first = try await house.catalog.read { try $0.version() } - 5
            func keys(_ versions: ClosedRange<Int64>, _ table: EntityTable = .outlets, limit: Int = 99) async throws
                -> [String]?
            {
                let columns = Array(table.columns.indices)
                return
                    try await house.catalog.read {
                        try $0.keysChanged(by: versions, in: table, columns: columns, limit: limit)
                    }?.sorted()
            }
            #expect(try await keys(first + 2...first + 2) == ["O0", "O1", "O2"])
            #expect(try await keys(first + 1...first + 3) == ["O0", "O1", "O2"])
            #expect(try await keys(first + 1...first + 5, .territories) == ["T1", "T2", "T3"])
            #expect(try await keys(first + 1...first + 4, limit: 9)?.count == 7)
            #expect(try await keys(first + 1...first + 4, limit: 8) == nil, "the other table's two count too")
            #expect(try await keys(first + 6...first + 9) == [])
        }
    }

    /// Rows that come and go are changed in every column. Seen red with the columns not asked for.
    @Test func `tells the keys of rows that changed in some columns`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("A"), outlet("B"), outlet("C")])
            let version = try await house.catalog.read { try $0.version() }
            try await house.merge(.outlets, [outlet("A", ["tier": .text("B")]), outlet("B", ["route_id": .text("R")])])
            try await house.merge(.outlets, [outlet("D")])
            let present = Set(["A", "B", "D"].map { Array($0.utf8) })
            let replacement = TableReplacement(scope: nil, present: present) { _ in true }
            try await house.apply(
                try await house.prepare(.outlets, [outlet("A")], strategy: .merge, replacement: replacement))
            func keys(_ columns: String...) async throws -> [String]? {
                let positions = columns.compactMap(EntityTable.outlets.index)
                return try await house.catalog.read {
                    try $0.keysChanged(by: version + 1...version + 9, in: .outlets, columns: positions, limit: 9)
                }?.sorted()
            }
            #expect(try await keys("tier") == ["A", "C", "D"])
            #expect(try await keys("route_id", "address") == ["B", "C", "D"])
            #expect(try await keys() == ["D"])
        }
    }

    /// Seen red with the entries not counted.
    @Test func `what was changed without a history is not told of as nothing`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("A")])
            let version = try await house.catalog.write { try $0.beginChange() }
            try await house.merge(.outlets, [outlet("B")])
            func keys(_ versions: ClosedRange<Int64>) async throws -> [String]? {
                try await house.catalog.read {
                    try $0.keysChanged(
                        by: versions, in: .outlets, columns: Array(EntityTable.outlets.columns.indices), limit: 9)
                }
            }
            #expect(try await keys(version - 1...version - 1) == ["A"])
            #expect(try await keys(version - 1...version + 1) == nil)
            #expect(try await keys(version...version) == nil)
            #expect(try await keys(version + 1...version + 5) == ["B"])
        }
    }

    @Test func `remembers who made a version`() async throws {
        try await CatalogHouse.with { house in
            try await house.merge(.outlets, [outlet("A")], session: "mine")
            let version = try await house.catalog.read { try $0.version() }
            #expect(try await house.catalog.read { try $0.remembers(version, madeBy: "mine") })
            #expect(try await house.catalog.read { try $0.remembers(version, madeBy: "theirs") } == false)
            #expect(try await house.catalog.read { try $0.remembers(version + 1, madeBy: "mine") } == false)
        }
    }
}
