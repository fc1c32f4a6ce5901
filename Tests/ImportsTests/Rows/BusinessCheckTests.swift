import Domain
import Testing

@testable import Imports

/// How outlets are sold to and supplied.
@Suite struct BusinessCheckTests {
    private static func codes(
        channel: String = "GT", territory: String = "T", distributor: String = "", model: String = "",
        fulfillment: String = "", keepsEmpty: Bool = false
    ) throws -> [IssueCode] {
        let file = try MappedFile(
            "id,name,channel,territory,dt,model,fulfillment\nO,o,\(channel),\(territory),\(distributor),\(model),\(fulfillment)\n",
            mappings: """
                [{"sourceField": "id", "targetField": "outlet_id"}, {"sourceField": "name", "targetField": "outlet_name"},
                 {"sourceField": "channel", "targetField": "channel"},
                 {"sourceField": "territory", "targetField": "territory_id"},
                 {"sourceField": "dt", "targetField": "dt_code"}, {"sourceField": "model", "targetField": "sales_model"},
                 {"sourceField": "fulfillment", "targetField": "fulfillment_type"}]
                """, options: RecordMapper.Options(keepsEmpty: keepsEmpty))
        let issues = file.records[0].issues
        #expect(issues.allSatisfy { ($0.severity == .error) == ($0.code == .notInList) })
        return issues.map(\.code)
    }

    @Test func `what the specification lists is taken, and nothing else`() throws {
        #expect(try Self.codes(channel: "XX") == [.notInList])
        #expect(try Self.codes(model: "VAN") == [.notInList])
        #expect(try Self.codes(fulfillment: "POST") == [.notInList])
        #expect(try Self.codes(distributor: "D", model: "PRE_SALES", fulfillment: "DT").isEmpty)
        #expect(try Self.codes(model: "VAN_SALES", fulfillment: "DSD").isEmpty)
    }

    @Test func `an outlet that is planned and has no territory is told of`() throws {
        #expect(try Self.codes(territory: "") == [.territoryMissing])
        #expect(try Self.codes(channel: "WS", territory: "").isEmpty)
        #expect(try Self.codes(territory: "", keepsEmpty: true).isEmpty)
    }

    /// Seen red with the two kinds of fulfilment exchanged.
    @Test func `fulfilment and distributor agree`() throws {
        #expect(try Self.codes(fulfillment: "DT") == [.fulfillment])
        #expect(try Self.codes(fulfillment: "DT", keepsEmpty: true).isEmpty)
        #expect(try Self.codes(distributor: "D", fulfillment: "DSD") == [.fulfillment])
    }

    @Test func `modern trade is not sold to from a van`() throws {
        #expect(try Self.codes(channel: "MT", model: "VAN_SALES") == [.salesModel])
        #expect(try Self.codes(channel: "MT", model: "PRE_SALES").isEmpty)
    }
}
