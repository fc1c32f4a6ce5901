import Synchronization

/// Counts open sockets, in all and by user, against their limits.
final class SocketAdmission: Sendable {
    private struct Counts {
        var open = 0
        var byUser: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerUser: Int
    private let counts = Mutex(Counts())

    init(limit: Int, limitPerUser: Int) {
        self.limit = limit
        self.limitPerUser = limitPerUser
    }

    /// Takes a place; false when all are taken.
    func enter() -> Bool {
        counts.withLock { counts in
            guard counts.open < limit else { return false }
            counts.open += 1
            return true
        }
    }

    /// Gives a place back, and the user's.
    func leave(user: String?) {
        counts.withLock { counts in
            counts.open -= 1
            guard let user, let open = counts.byUser[user] else { return }
            counts.byUser[user] = open > 1 ? open - 1 : nil
        }
    }

    /// Counts a socket that has a place as the user's; false when the user has too many.
    func claim(user: String) -> Bool {
        counts.withLock { counts in
            let open = counts.byUser[user, default: 0]
            guard open < limitPerUser else { return false }
            counts.byUser[user] = open + 1
            return true
        }
    }
}
