/// Which sentinel to ask and which server to try next, until the primary is found or nobody is left.
struct PrimarySearch {
    typealias Address = RedisSentinels.Address

    enum Step {
        /// Ask this sentinel for the primary's address.
        case ask(Address)
        /// Connect there, and see whether it is a primary.
        case connect(Address)
        case giveUp(RedisError)
    }

    private let primaryName: String
    /// The one that led to the primary last time comes first, so that dead ones do not cost their time again.
    private var order: [Address]
    private var position = 0
    /// Servers that were tried in this search and what came of it: two sentinels may name the same one.
    private var refusals: [Address: String] = [:]
    private var named: Address?
    private var tried: [String] = []

    init(_ sentinels: RedisSentinels) {
        primaryName = sentinels.primaryName
        order = sentinels.addresses
    }

    /// A search from the beginning.
    mutating func begin() -> Step {
        position = 0
        refusals = [:]
        tried = []
        return next()
    }

    /// The sentinel asked has given no answer.
    mutating func failed(_ error: RedisError) -> Step {
        goOn("\(order[position]): \(error.innermostReason)")
    }

    /// What the sentinel asked has answered to `SENTINEL get-master-addr-by-name`.
    mutating func answered(_ reply: RedisValue) -> Step {
        let address: Address
        do throws(RedisError) {
            guard let parts = try reply.optionalArray() else {
                return goOn("\(order[position]): knows no primary called \(primaryName)")
            }
            guard parts.count == 2, case let port = try parts[1].integer(), (1...65535).contains(port) else {
                return goOn("\(order[position]): gave an answer that is no address")
            }
            address = Address(host: try parts[0].string(), port: port)
        } catch {
            return goOn("\(order[position]): \(error.innermostReason)")
        }
        if let refusal = refusals[address] { return goOn("\(order[position]): names \(address) as well (\(refusal))") }
        named = address
        return .connect(address)
    }

    /// The server named could not be used.
    mutating func refused(_ error: RedisError) -> Step {
        // Another sentinel would lead to the same password.
        if error.staysWrong { return .giveUp(error) }
        let reason = error.innermostReason
        guard let named else { return goOn("\(order[position]): \(reason)") }
        refusals[named] = reason
        return goOn("\(order[position]): names \(named), but: \(reason)")
    }

    /// The server named is the primary.
    mutating func succeeded() {
        order.insert(order.remove(at: position), at: 0)
    }

    private mutating func goOn(_ outcome: String) -> Step {
        tried.append(outcome)
        position += 1
        return next()
    }

    private func next() -> Step {
        guard position >= order.count else { return .ask(order[position]) }
        return .giveUp(
            RedisError(
                .noPrimary,
                "No sentinel led to the primary \(primaryName). Tried \(tried.joined(separator: "; ")). Check that the "
                    + "sentinels run, and their addresses and the primary's name in the URL."))
    }
}
