import NIOCore

/// Opens one connection after another to the configuration's server, or to the one that its sentinels name.
struct ServerConnector {
    private let configuration: RedisConfiguration
    private let group: any EventLoopGroup
    private let inbox: SubscriptionInbox?
    private var search: PrimarySearch?

    init(_ configuration: RedisConfiguration, on group: any EventLoopGroup, inbox: SubscriptionInbox?) {
        self.configuration = configuration
        self.group = group
        self.inbox = inbox
        search = configuration.sentinels.map(PrimarySearch.init)
    }

    /// - Throws: as `RedisConnection.open`, and `.noPrimary`.
    mutating func open() async throws(RedisError) -> RedisConnection {
        guard let sentinels = configuration.sentinels, var search else {
            return try await RedisConnection.open(configuration, on: group, inbox: inbox)
        }
        // What it learns of the sentinels' order outlives a search that fails.
        defer { self.search = search }
        var step = search.begin()
        while !Task.isCancelled {
            switch step {
            case .ask(let address):
                do throws(RedisError) {
                    step = search.answered(try await ask(sentinels, at: address))
                } catch {
                    step = search.failed(error)
                }
            case .connect(let address):
                do throws(RedisError) {
                    let connection = try await RedisConnection.open(
                        configuration.directed(to: address), on: group, inbox: inbox)
                    search.succeeded()
                    return connection
                } catch {
                    step = search.refused(error)
                }
            case .giveUp(let error): throw error
            }
        }
        throw RedisError(.cancelled, "The task was cancelled while the primary was looked for.")
    }

    private func ask(_ sentinels: RedisSentinels, at address: RedisSentinels.Address) async throws(RedisError)
        -> RedisValue
    {
        let connection = try await RedisConnection.open(sentinels.configuration(for: address), on: group)
        defer { connection.close() }
        let question = RedisCommand("SENTINEL", "get-master-addr-by-name", .string(sentinels.primaryName))
        let replies = try await connection.exchange([question], until: .now() + TimeAmount(sentinels.timeout))
        return replies.first ?? .null
    }
}

extension RedisConfiguration {
    /// The same, at a server that a sentinel has named.
    fileprivate func directed(to address: RedisSentinels.Address) -> RedisConfiguration {
        var configuration = self
        (configuration.host, configuration.port) = (address.host, address.port)
        return configuration
    }
}

extension RedisSentinels {
    /// A sentinel is spoken to as if it were a Redis without databases.
    fileprivate func configuration(for address: Address) -> RedisConfiguration {
        RedisConfiguration(
            host: address.host, port: address.port, username: username, password: password, connectTimeout: timeout,
            commandTimeout: timeout)
    }
}
