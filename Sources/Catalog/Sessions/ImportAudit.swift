package import Domain

/// Reads the audit of imports.
package protocol AuditReader {
    /// Entries, the newest first.
    func auditEntries(_ query: AuditQuery) throws -> [NumberedAuditEntry]
}

/// Adds to the audit of imports. There is no way to change it or to take from it.
package protocol AuditWriter {
    /// Adds an entry, unless the session's end of this status has one.
    func record(_ entry: ImportAuditEntry) throws
}

/// Which entries to read.
package struct AuditQuery: Sendable, Equatable {
    /// Only of this user's imports.
    package var userID: String?
    /// Only of this session.
    package var sessionID: String?
    /// Only entries older than this one: the last of the page before.
    package var before: Int64?
    package var limit: Int

    package init(userID: String? = nil, sessionID: String? = nil, before: Int64? = nil, limit: Int) {
        self.userID = userID
        self.sessionID = sessionID
        self.before = before
        self.limit = limit
    }
}

/// An entry with the number that the catalog gave it: later ones have larger numbers.
package struct NumberedAuditEntry: Sendable, Equatable {
    package var number: Int64
    package var entry: ImportAuditEntry

    package init(number: Int64, entry: ImportAuditEntry) {
        self.number = number
        self.entry = entry
    }
}
