import Domain
import Tabular
import Testing

@testable import Imports

/// Which imports share what is known of records.
struct KnownContextTests {
    private static func name(
        _ change: (inout ImportSchema) throws -> Void = { _ in }, entity: String = "outlets",
        layout changeLayout: (inout FileLayout) -> Void = { _ in }
    ) throws -> String? {
        var layout = FileLayout(
            dialect: CSVDialect(), header: TestFile.outletHeader.split(separator: ",").map(String.init),
            overlongLines: [])
        changeLayout(&layout)
        return try KnownContext(try TestSchema.shop(change), entity: entity, layout: layout)?.name()
    }

    @Test func `the same schema and layout share it, whatever a file is called`() throws {
        let name = try #require(try Self.name())
        #expect(try Self.name() == name)
        #expect(try Self.name(layout: { $0.isRewritten = true }) == name)
        // A column that nobody maps may be called something else every day.
        #expect(
            try Self.name(layout: { $0.header.append("Stock 2026-11-26") })
                == Self.name(layout: { $0.header.append("Stock 2026-11-27") }))
    }

    /// Each of these may have a record read or checked otherwise.
    @Test func `what decides about a record parts them`() throws {
        let names = [
            try Self.name(), try Self.name({ $0.version = "2" }), try Self.name({ $0.deltaStrategy = .merge }),
            try Self.name({ $0.lookupTables?["channels"]?.entries?["Kiosk"] = "GT" }),
            try Self.name({ $0.entities["outlets"]?.validations = [] }), try Self.name(entity: "distributors"),
            try Self.name(layout: { $0.header.swapAt(1, 2) }), try Self.name(layout: { $0.header.append("more") }),
            try Self.name(layout: { $0.dialect = CSVDialect(delimiter: UInt8(ascii: ";")) }),
        ]
        #expect(Set(names.compactMap(\.self)).count == names.count)
    }

    @Test func `where a record is not all that decides none is known`() throws {
        #expect(try Self.name({ $0.deltaStrategy = .append }) == nil)
        #expect(try Self.name({ $0.entities["outlets"]?.sums = ["sales_volume"] }) == nil)
        #expect(
            try Self.name({
                $0.entities["outlets"]?.fullReplace = try TestSchema.decoded(
                    #"{"scope": "table", "maximumPercent": 50}"#)
            }) == nil)
        #expect(try Self.name(layout: { $0.isReport = true }) == nil)
    }
}
