import Domain
import Foundation
import Testing

struct EntityTableTests {
    @Test(arguments: EntityTable.allCases)
    func `the key comes first, is required, and no name comes twice`(_ table: EntityTable) throws {
        let names = table.columns.map(\.name)
        #expect(names.first == table.primaryKey)
        #expect(table.columns.first?.required == true)
        #expect(Set(names).count == names.count)
        #expect(Set(names).isDisjoint(with: EntityTable.clockColumns))
        for (position, name) in names.enumerated() { #expect(table.index(of: name) == position) }
        #expect(table.index(of: "no_such_column") == nil)
        #expect(table.index(of: table.territoryColumn ?? table.primaryKey) != nil)
    }

    @Test func `tables that others refer to come first`() {
        #expect(EntityTable.allCases.sorted() == [.territories, .distributors, .salespeople, .routes, .outlets])
    }
}

struct ErrorCodeTests {
    @Test func `codes and their HTTP statuses are the specification's`() {
        let statuses = Dictionary(uniqueKeysWithValues: ErrorCode.allCases.map { ($0.rawValue, $0.httpStatus) })
        #expect(
            statuses == [
                "ERR_AUTH_001": 401, "ERR_AUTH_002": 403, "ERR_LOCK_001": 409, "ERR_LOCK_002": 410,
                "ERR_IMPORT_001": 400, "ERR_IMPORT_002": 400, "ERR_IMPORT_003": 500, "ERR_OPT_001": 500,
                "ERR_OPT_002": 400, "ERR_DATA_001": 404, "ERR_DATA_002": 500, "ERR_SESSION_001": 410,
                "ERR_SESSION_002": 409,
            ])
    }

    @Test func `a request error has its code's status unless it has its own`() {
        #expect(RequestError(.territoryNotFound, "none").status == 404)
        #expect(RequestError(.importFailed, "none", status: 409).status == 409)
        #expect(RequestError(status: 413, "too big").code == nil)
    }
}

struct JobRequestTests {
    @Test func `a payload is read as it was asked for, and equal payloads are equal bytes`() throws {
        let payload = RegenerateSnapshotJob(territoryID: "T/1", version: 7, sessionID: nil)
        let request = try JobRequest(id: "j", payload, about: .territory("T/1"))
        #expect(request.type == .regenerateSnapshot)
        #expect(request.subject == "territory:T/1")
        #expect(String(decoding: request.data, as: UTF8.self) == #"{"territoryID":"T/1","version":7}"#)
        #expect(try JSONDecoder().decode(RegenerateSnapshotJob.self, from: request.data) == payload)
        #expect(try JobRequest(id: "j", payload, about: .territory("T/1")) == request)
    }
}

struct InstantTests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (1_795_492_152.125, "2026-11-24T03:49:12.125Z"),
    ])
    func `instants are UTC with milliseconds`(_ seconds: Double, text: String) {
        #expect(Date(timeIntervalSince1970: seconds).iso8601 == text)
    }
}
