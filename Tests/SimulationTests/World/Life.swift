import Jobs

/// One run of a process, from its start to its crash or the end of the simulation.
// SAFETY: only the simulation's thread touches it.
final class Life: @unchecked Sendable {
    /// The process has crashed: nothing it does reaches anybody any more.
    struct Dead: Error {}

    let name: String
    let hasRelay: Bool
    private unowned let world: World
    var isDead = false
    /// Its consumers at the broker.
    var consumers: Set<Int> = []
    var task: Task<Void, Never>?

    init(_ name: String, hasRelay: Bool, world: World) {
        self.name = name
        self.hasRelay = hasRelay
        self.world = world
    }

    /// A point between two steps, where others go on and the process may crash.
    func point() async throws {
        try demandAlive()
        await world.executor.yield()
        try demandAlive()
        if world.mayCrash() {
            world.kill(self)
            throw Dead()
        }
    }

    /// The same for what throws `BrokerError`.
    func brokerPoint() async throws(BrokerError) {
        do {
            try await point()
        } catch {
            throw BrokerError(.unavailable, "the process is dead")
        }
    }

    private func demandAlive() throws {
        if isDead { throw Dead() }
    }
}
