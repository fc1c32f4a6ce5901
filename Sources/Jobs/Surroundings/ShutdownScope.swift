import ServiceLifecycle

/// Runs `operation` and cancels it when the service is to end. The library's function of this kind begins a task of its
/// own where no executor preference reaches, so that a simulation could not repeat it.
func cancelledAtShutdown(_ operation: @Sendable @escaping () async -> Void) async {
    let (shutdown, told) = AsyncStream.makeStream(of: Never.self)
    await withGracefulShutdownHandler {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await operation() }
            group.addTask { for await _ in shutdown {} }
            // Whichever ends first ends the other.
            await group.next()
            group.cancelAll()
        }
    } onGracefulShutdown: {
        told.finish()
    }
}
