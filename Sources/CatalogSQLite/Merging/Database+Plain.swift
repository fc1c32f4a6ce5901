import GRDB
import GRDBSQLite

extension Database {
    /// Runs SQL past GRDB, which has single rows watched and refuses a cancelled task every statement.
    func executePlainly(_ sql: String) throws {
        let code = sqlite3_exec(sqliteConnection, sql, nil, nil, nil)
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage, sql: sql)
        }
    }

    /// Has the commits in `body` not wait for the disk.
    func unsynchronized<Value>(_ body: () throws -> Value) throws -> Value {
        try executePlainly("PRAGMA main.synchronous = NORMAL")
        defer { set("PRAGMA main.synchronous = FULL") }
        return try body()
    }

    /// Makes a setting that nothing can be in the way of.
    func set(_ pragma: String) {
        do {
            try executePlainly(pragma)
        } catch {
            assertionFailure("a setting without a condition failed: \(error)")
        }
    }

    /// Runs `body` in a transaction of this kind: committed when it returns, undone when it throws.
    func transaction<Value>(_ kind: TransactionKind, _ body: () throws -> Value) throws -> Value {
        var result: Result<Value, any Error>?
        try inTransaction(kind) {
            result = .success(try body())
            return .commit
        }
        guard let result else {
            throw DatabaseError(resultCode: .SQLITE_INTERNAL, message: "a transaction without end")
        }
        return try result.get()
    }
}
