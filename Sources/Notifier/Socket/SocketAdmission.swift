import Synchronization

/// Counts open sockets, in all, by user, and those that have shown no token yet, against their limits.
final class SocketAdmission: Sendable {
    private struct Counts {
        var open = 0
        /// Sockets that no user has claimed.
        var unclaimed = 0
        var byUser: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerUser: Int
    private let limitUnclaimed: Int
    private let counts = Mutex(Counts())

    init(limit: Int, limitPerUser: Int, limitUnclaimed: Int) {
        self.limit = limit
        self.limitPerUser = limitPerUser
        self.limitUnclaimed = limitUnclaimed
    }

    /// Takes a place; false when all are taken.
    func enter() -> Bool {
        counts.withLock { counts in
            guard counts.open < limit, counts.unclaimed < limitUnclaimed else { return false }
            counts.open += 1
            counts.unclaimed += 1
            return true
        }
    }

    /// Gives a place back, and the user's.
    func leave(user: String?) {
        counts.withLock { counts in
            counts.open -= 1
            guard let user else {
                counts.unclaimed -= 1
                return
            }
            guard let open = counts.byUser[user] else { return }
            counts.byUser[user] = open > 1 ? open - 1 : nil
        }
    }

    /// Counts a socket that has a place as the user's; false when the user has too many.
    func claim(user: String) -> Bool {
        counts.withLock { counts in
            let open = counts.byUser[user, default: 0]
            guard open < limitPerUser else { return false }
            counts.byUser[user] = open + 1
            counts.unclaimed -= 1
            return true
        }
    }
}
