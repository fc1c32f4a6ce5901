import Domain
import Testing

@testable import Imports

@Suite struct DuplicateKeyTests {
    /// Seen red with the order of equal keys turned round.
    @Test func `of records with one key the last in input order wins, within a file and across files`() throws {
        let resolved = try Resolved([
            .init(.outlets, outlet("A"), outlet("B"), outlet("A")), .init(.outlets, outlet("B"), outlet("C")),
        ])
        #expect(resolved.refused == [0: [0, 1]])
        #expect(resolved.issues == ["0:2 ROW_DUPLICATE_KEY outlet_id=A", "0:3 ROW_DUPLICATE_KEY outlet_id=B"])
    }

    /// Seen red: of three the first was told that the second wins, which was refused itself.
    @Test func `each refused record is told which line wins`() throws {
        let resolved = try Resolved([
            .init(.outlets, outlet("A"), outlet("A")), .init(.outlets, outlet("B"), outlet("A")),
        ])
        let messages = resolved.resolution.issues(ofChunk: 0).map(\.message)
        #expect(messages.count == 2)
        for message in messages { #expect(message.contains("line 3 of file1.csv"), "\(message)") }
    }

    @Test func `keys are compared byte by byte, and only within their table`() throws {
        let resolved = try Resolved([
            .init(.outlets, outlet("A"), outlet("a"), outlet("A "), outlet("Café"), outlet("Cafe\u{301}")),
            .init(.distributors, distributor("A")),
        ])
        #expect(resolved.refused == [:])
    }

    @Test func `a distributor that stands twice leaves its outlets alone: one of the two is imported`() throws {
        let resolved = try Resolved([
            .init(.distributors, distributor("D"), distributor("D")), .init(.outlets, outlet("A", of: "D")),
        ])
        #expect(resolved.refused == [0: [0]])
    }

    @Test func `APPEND refuses keys that the catalog has, and UPSERT does not`() throws {
        let files = [Resolved.File(.outlets, outlet("A"), outlet("B"), outlet("B"))]
        let known: [EntityTable: Set<String>] = [.outlets: ["B"], .distributors: ["A"]]
        #expect(try Resolved(files, known: known).refused == [0: [1]])
        let schema = try TestSchema.shop { $0.deltaStrategy = .append }
        let appended = try Resolved(files, known: known, schema: schema)
        #expect(
            appended.issues == ["0:3 ROW_DUPLICATE_KEY outlet_id=B", "0:4 ROW_KEY_EXISTS outlet_id=B"])
        #expect(appended.refused == [0: [1, 2]])
    }

    @Test func `APPEND takes a key that only looks like one of the catalog's`() throws {
        let schema = try TestSchema.shop { $0.deltaStrategy = .append }
        let resolved = try Resolved(
            [.init(.outlets, outlet("Cafe\u{301}"), outlet("Café"))], known: [.outlets: ["Café"]], schema: schema)
        #expect(resolved.refused == [0: [1]])
    }

    @Test func `what APPEND refuses may still be referred to`() throws {
        let schema = try TestSchema.shop { $0.deltaStrategy = .append }
        let resolved = try Resolved(
            [.init(.distributors, distributor("D")), .init(.outlets, outlet("A", of: "D"))],
            known: [.distributors: ["D"]], schema: schema)
        #expect(resolved.issues == ["0:2 ROW_KEY_EXISTS dt_code=D"])
    }
}
