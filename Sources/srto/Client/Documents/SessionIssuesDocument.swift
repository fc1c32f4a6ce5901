/// What the server tells of a session's issues.
struct SessionIssuesDocument: Sendable, Decodable, Equatable {
    /// How many issues a code has.
    struct Count: Sendable, Decodable, Equatable {
        var code: String
        var severity: String
        var count: Int
    }

    /// One issue of a record, or of a whole file.
    struct Issue: Sendable, Decodable, Equatable {
        var severity: String
        var code: String
        var fileName: String
        var line: Int
        var column: String
        var value: String
        var message: String
    }

    var issueCounts: [Count]
    /// The first of each code.
    var issues: [Issue]
}
