import Domain
import Testing

@testable import Imports

/// A column whose values stand once in a session.
@Suite struct UniqueTests {
    private static func schema(_ severity: String = "ERROR") throws -> ImportSchema {
        try TestSchema.shop { schema in
            schema.entities["outlets"]?.validations = [
                try TestSchema.decoded(#"{"rule": "UNIQUE", "field": "address", "severity": "\#(severity)"}"#)
            ]
        }
    }

    private static func outlet(_ id: String, at address: String?) -> [String: String] {
        var row = ["outlet_id": id]
        row["address"] = address
        return row
    }

    /// Seen red with the last one kept.
    @Test func `the first record in input order keeps the value, in whichever file it stands`() throws {
        let resolved = try Resolved(
            [
                .init(.outlets, Self.outlet("A", at: "1 Main"), Self.outlet("B", at: nil), Self.outlet("C", at: nil)),
                .init(.outlets, Self.outlet("D", at: "1 Main"), Self.outlet("E", at: "2 Main")),
            ], schema: try Self.schema())
        #expect(resolved.issues == ["1:2 ROW_NOT_UNIQUE address=1 Main"])
        #expect(resolved.refused == [1: [0]])
        #expect(resolved.allIssues.first?.message.contains("line 2 of file0.csv") == true)
    }

    @Test func `what lost its key keeps no value`() throws {
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1 Main"), Self.outlet("A", at: "1 Main"))], schema: try Self.schema()
        )
        #expect(resolved.issues == ["0:2 ROW_DUPLICATE_KEY outlet_id=A"])
    }

    @Test func `as a warning it refuses nobody`() throws {
        let resolved = try Resolved(
            [.init(.outlets, Self.outlet("A", at: "1"), Self.outlet("B", at: "1"))], schema: try Self.schema("WARNING"))
        #expect(resolved.issues == ["0:3 ROW_NOT_UNIQUE address=1"])
        #expect(resolved.refused == [:])
        #expect(resolved.resolution.warnings() == [0: 1])
    }
}
