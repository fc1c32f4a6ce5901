/// What a server says of itself in reply to `ROLE`.
enum ServerRole {
    /// Whether a server that answers so takes writes.
    /// - Throws: `.notConnected` when it does not, saying what it is.
    static func demandPrimary(_ reply: RedisValue) throws(RedisError) {
        let role = try reply.array().first?.string() ?? "nothing"
        guard role == "master" else {
            throw RedisError(.notConnected, "it is not the primary: its role is \(role)")
        }
    }

    /// Whether only a server that is no primary, or is one no longer, answers a command with this.
    static func isLost(by reply: RedisValue) -> Bool {
        guard case .error(let error) = reply else { return false }
        return ["READONLY", "MASTERDOWN", "UNBLOCKED"].contains(error.prefix)
    }
}
