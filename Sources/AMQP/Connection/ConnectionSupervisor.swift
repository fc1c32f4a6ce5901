import Logging
import NIOCore
import NIOPosix
import NIOSSL

/// Keeps one side of the client connected until its task is cancelled.
struct ConnectionSupervisor<Side: ConnectionSide>: Sendable {
    let role: AMQPConnectionRole
    let side: NIOLoopBoundBox<Side>
    let eventLoop: any EventLoop
    let configuration: AMQPConfiguration
    let sslContext: NIOSSLContext?
    let states: ConnectionStates
    let logger: Logger

    func run() async {
        var backoff = ReconnectBackoff(
            minimum: configuration.reconnectMinimum, maximum: configuration.reconnectMaximum)
        var generator = SystemRandomNumberGenerator()
        var wasConnected = false
        var lastWarning = ""
        while !Task.isCancelled {
            let reason = await connectAndHold()
            let held = await onLoop { $0.endpoint.attemptEnded(reason) }
            if Task.isCancelled { break }
            states.set(role, .disconnected(reason: reason))
            let wait = backoff.next(afterHolding: .nanoseconds(held.nanoseconds), using: &generator)
            // Before the first connection `waitUntilConnected` tells; afterwards each reason is worth one warning.
            if held > .zero { (wasConnected, lastWarning) = (true, "") }
            let isNews = wasConnected && reason.message != lastWarning
            if isNews { lastWarning = reason.message }
            logger.log(
                level: isNews ? .warning : .debug, "not connected to the broker",
                metadata: ["connection": "\(role.rawValue)", "reason": "\(reason)", "next_attempt_in": "\(wait)"])
            do {
                try await Task.sleep(for: wait)
            } catch {
                break
            }
        }
        await onLoop { $0.close() }
    }

    /// One connection from attempt to end. Returns why it ended.
    private func connectAndHold() async -> AMQPError {
        let finished = eventLoop.makePromise(of: AMQPError.self)
        return await withTaskCancellationHandler {
            do {
                _ = try await bootstrap(finished).connect(host: configuration.host, port: configuration.port).get()
            } catch {
                let reason = AMQPError(
                    .notConnected,
                    "Nothing answers at \(configuration.host):\(configuration.port). Is the broker running there?",
                    cause: error)
                finished.succeed(reason)
                return reason
            }
            do {
                return try await finished.futureResult.get()
            } catch {
                return .connectionLost(error)
            }
        } onCancel: {
            eventLoop.execute { side.value.endpoint.beginClose() }
        }
    }

    private func bootstrap(_ finished: EventLoopPromise<AMQPError>) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let sslContext {
                        // A certificate cannot be asked for by address.
                        let isAddress = (try? SocketAddress(ipAddress: configuration.host, port: 0)) != nil
                        let hostname = isAddress ? nil : configuration.host
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: sslContext, serverHostname: hostname))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            endpoint: side.value.endpoint, configuration: configuration, finished: finished))
                }
            }
    }

    private func onLoop<T: Sendable>(_ work: @escaping @Sendable (Side) -> T) async -> T {
        await withCheckedContinuation { continuation in
            eventLoop.execute { continuation.resume(returning: work(side.value)) }
        }
    }
}
