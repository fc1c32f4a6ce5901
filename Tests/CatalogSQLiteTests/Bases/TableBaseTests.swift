import Catalog
import Domain
import GRDB
import TestSupport
import Testing

@testable import CatalogSQLite

/// A table of which most lies in a file of its own reads and changes as one that lies in the catalog.
struct TableBaseTests {
    /// One thing after another is done to two catalogs, of which one keeps whole tables as bases.
    private struct Twins {
        let plain: CatalogHouse
        let based: CatalogHouse
        var random: SeededGenerator
        private var day = 1
        private var versions: [Int64] = []

        init(_ plain: CatalogHouse, _ based: CatalogHouse, _ random: SeededGenerator) {
            self.plain = plain
            self.based = based
            self.random = random
        }

        /// A step of a kind that is drawn, in both.
        mutating func step() async throws {
            day += 1
            let date = "2026-01-\(day + 100)"
            let rows = Self.rows(40, &random)
            let kind = Int.random(in: 0..<6, using: &random)
            let taken = versions.randomElement(using: &random)
            let strategy: DeltaStrategy = kind == 1 ? .merge : .upsert
            let scope = TableReplacement(scope: nil, present: []) { $0 == "T1" }
            var seen: [Int64] = []
            for house in [plain, based] {
                switch kind {
                case 0: seen.append(try await house.merge(.outlets, rows, date: date).version)
                case 1, 2:
                    let prepared = try await house.prepare(.outlets, rows, strategy: strategy, date: date)
                    seen.append(try await house.apply(prepared, date: date))
                case 3:
                    let prepared = try await house.prepare(.outlets, rows, date: date, replacement: scope)
                    seen.append(try await house.apply(prepared, date: date))
                case 4:
                    let places = try rows.prefix(9).map { row in
                        OutletPlace(
                            outletID: row["outlet_id"]?.text ?? "", address: "",
                            coordinates: try #require(Coordinates(latitude: 1, longitude: 2)))
                    }
                    seen.append(
                        try await house.catalog.write { writer in
                            let version = try writer.beginChange()
                            let change = MasterDataChange(
                                version: version, date: date, sessionID: "geocoder", origin: .geocoding)
                            _ = try writer.locate(places, source: "geocoder", change: change)
                            return version
                        })
                default:
                    guard let taken else { continue }
                    let (merge, result) = try await house.catalog.prepareMerge {
                        try $0.takeBack(version: taken, date: date)
                    }
                    let prepared = CatalogHouse.Prepared(
                        merge: merge, delta: result.deltas[.outlets] ?? TableDelta(sources: 1))
                    seen.append(try await house.apply(prepared, date: date))
                }
            }
            #expect(Set(seen).count <= 1)
            if kind < 4, let version = seen.first { versions.append(version) }
        }

        /// Everything that can be asked is answered alike.
        func compare(_ step: String) async throws {
            #expect(try await based.state(of: .outlets) == (try await plain.state(of: .outlets)), "\(step)")
            #expect(try await Self.answers(of: based) == (try await Self.answers(of: plain)), "\(step)")
            #expect(try await based.query(String.self, "PRAGMA integrity_check") == ["ok"])
        }

        private static func answers(of house: CatalogHouse) async throws -> [String] {
            try await house.catalog.write { reader in
                var answers: [String] = []
                for territory in ["T1", "T2", "T3"] {
                    try reader.forEachRow(.outlets(territory: territory)) { answers.append("\($0)") }
                }
                answers.append("\(try reader.existing((0..<70).map { "O\(1000 + $0)" }, in: .outlets).sorted())")
                var told: [String] = []
                try reader.forEachTerritory(ofRows: nil, in: .outlets) { told.append("\($0) \($1 ?? "-")") }
                try reader.forEachTerritory(ofRows: ["O1003", "O1004"], in: .outlets) {
                    told.append("\($0) \($1 ?? "-")")
                }
                try reader.forEachText(in: .outlets, column: 2, isFilled: true) { key, text in
                    told.append("\(Array(key)) \(Array(text ?? UnsafeRawBufferPointer(start: nil, count: 0)))")
                }
                answers += told.sorted()
                for territory in try reader.territories() { answers.append("\(territory)") }
                let referring = try reader.territories(referringTo: .distributors, keys: ["D1"], besides: [])
                return answers + referring.sorted()
            }
        }

        static func rows(_ count: Int, _ random: inout SeededGenerator) -> [[String: FieldValue]] {
            (0..<60).shuffled(using: &random).prefix(Int.random(in: 1...count, using: &random)).map { number in
                outlet(
                    "O\(1000 + number)", territory: ["T1", "T2", nil].randomElement(using: &random) ?? nil,
                    [
                        "address": [.text("here"), .text("there"), .null].randomElement(using: &random) ?? .null,
                        "dt_code": .text(["D1", "D2"].randomElement(using: &random) ?? ""),
                    ])
            }
        }
    }

    /// Seen red with rows not brought before they change (commits, geocoding), with what goes or changes not superseded, with new rows
    /// inserted unasked, and with the two places compared one after the other.
    @Test func `whatever is done to it, a table with a base is as one without`() async throws {
        for round in 0..<12 {
            var random = SeededGenerator.printed("bases \(round)")
            let first = Twins.rows(60, &random)
            try await CatalogHouse.with(baseRows: .max) { plain in
                try await CatalogHouse.with(baseRows: 1) { based in
                    for house in [plain, based] {
                        try await house.merge(.territories, ["T1", "T2", "T3"].map { territory($0) })
                        try await house.apply(try await house.prepare(.outlets, first))
                    }
                    #expect(try based.baseFiles().count == 1 && plain.baseFiles().isEmpty)
                    var twins = Twins(plain, based, random)
                    for step in 0..<8 {
                        try await twins.step()
                        try await twins.compare("round \(round), step \(step)")
                    }
                }
            }
        }
    }

    /// Seen red with the rows of which only some columns are written not brought: they were gone.
    @Test func `a base that another merge made meanwhile keeps what that one wrote`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            let numbers = 10_000..<15_000
            try await house.apply(try await house.prepare(.outlets, numbers.map { outlet("O\($0)") }))
            let names = numbers.prefix(9).map {
                ["outlet_id": FieldValue.text("O\($0)"), "outlet_name": .text("mine")]
            }
            let prepared = try await house.prepare(.outlets, names)
            let volumes = numbers.map { ["outlet_id": FieldValue.text("O\($0)"), "sales_volume": .real(7)] }
            let former = try house.baseFiles()
            try await house.apply(try await house.prepare(.outlets, volumes))
            #expect(try house.baseFiles().isDisjoint(with: former))
            try await house.apply(prepared)
            let both = "SELECT count(*) FROM outlets WHERE sales_volume = 7"
            #expect(try await house.query(Int.self, both) == [5_000])
            #expect(try await house.query(Int.self, both + " AND outlet_name = 'mine'") == [9])
        }
    }

    /// Seen red with the changed cells not looked at.
    @Test(arguments: [("outlet_name", FieldValue.null), ("sales_volume", .text("much"))])
    func `rows of a base do not become what the catalog could not have`(column: String, value: FieldValue) async throws
    {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await house.apply(try await house.prepare(.outlets, [outlet("O1"), outlet("O2")]))
            #expect(try house.baseFiles().count == 1)
            let before = try await house.state(of: .outlets)
            let error = await #expect(throws: (any Error).self) {
                try await house.prepare(.outlets, [["outlet_id": .text("O2"), column: value]])
            }
            #expect(error.map { "\($0)".contains("outlets.\(column)") } == true)
            #expect(try await house.state(of: .outlets) == before)
        }
    }

    /// Seen red with the superseded rows not counted.
    @Test func `a base of which enough no longer counts is replaced, also for few rows`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            func rows(_ range: Range<Int>, _ address: String) -> [[String: FieldValue]] {
                range.map { outlet("O\($0 + 10_000)", ["address": .text(address)]) }
            }
            try await house.apply(try await house.prepare(.outlets, rows(0..<20_000, "old")))
            let first = try house.baseFiles()
            for start in [0, 6_000] {
                // Each is less than a third of the table, and all of it differs.
                try await house.apply(try await house.prepare(.outlets, rows(start..<start + 6_000, "new")))
            }
            let second = try house.baseFiles()
            #expect(first.count == 1 && second.count == 1 && first != second)
            let count = try await house.query(Int.self, "SELECT count(*) FROM outlets WHERE address = 'new'")
            #expect(count == [12_000])
            #expect(try await house.query(Int.self, "SELECT count(*) FROM main.outlets") == [0])
        }
    }

    /// Seen red with the superseded rows taken off a count that had ended before: small merges went through the whole table.
    @Test func `rows are counted up to a limit, without those that no longer count`() async throws {
        try await CatalogHouse.with(baseRows: 1) { house in
            try await house.apply(try await house.prepare(.outlets, (10_000..<16_000).map { outlet("O\($0)") }))
            let changed = (10_000..<10_300).map { outlet("O\($0)", ["address": .text("new")]) }
            try await house.apply(try await house.prepare(.outlets, changed))
            #expect(try await house.query(Int.self, "SELECT count(*) FROM outlets_superseded") == [300])
            let folder = house.catalog.bases
            let scratch = MergeScratch(besideCatalog: house.path)
            let queue = try scratch.open(catalog: house.path)
            let limits = [8, 250, 400, 2_000, 10_000]
            let counts = try await queue.writeWithoutTransaction { db in
                let attachment = BaseAttachment(db: db, folder: folder, catalog: CatalogTable.catalog)
                let table = CatalogTable(db, .outlets, try attachment.attach().map(folder.open))
                return try limits.map { try table.count(upTo: $0) }
            }
            try queue.close()
            for (limit, count) in zip(limits, counts) { #expect(count >= min(limit, 6_000) && count <= 6_000) }
        }
    }
}
