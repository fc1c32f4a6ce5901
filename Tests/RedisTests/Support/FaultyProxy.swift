import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A TCP proxy on loopback that can swallow everything or cut every connection.
final class FaultyProxy: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var silences: [Silence] = []
        var accepted = 0
    }

    private let state = Mutex(State())
    private let listener = Mutex<(any Channel)?>(nil)

    /// Runs one for the time of `body`, which gets its port.
    static func with<Result>(
        to upstreamPort: Int, _ body: (FaultyProxy, Int) async throws -> Result
    ) async throws -> Result {
        let proxy = FaultyProxy()
        let port = try await proxy.listen(to: upstreamPort)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(proxy, port)) } catch { result = .failure(error) }
        proxy.listener.withLock { $0?.close(promise: nil) }
        proxy.cut()
        return try result.get()
    }

    /// Connections made through it so far.
    var accepted: Int { state.withLock { $0.accepted } }

    /// Forwards nothing more on the connections that are open now, or on the oldest `count` of them, and stays silent
    /// there; later ones work.
    func swallow(_ count: Int = .max) {
        state.withLock { state in
            for silent in state.silences.prefix(count) { silent.begin() }
        }
    }

    /// Closes every connection.
    func cut() {
        let channels = state.withLock { state in
            defer { state.channels = [] }
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }

    private func listen(to upstreamPort: Int) async throws -> Int {
        let group = MultiThreadedEventLoopGroup.singleton
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop)
                    .connect(host: "127.0.0.1", port: upstreamPort)
                    .flatMap { server in
                        let silence = Silence()
                        self.state.withLock { state in
                            state.channels += [client, server]
                            state.silences.append(silence)
                            state.accepted += 1
                        }
                        return client.pipeline.addHandler(Forwarder(to: server, unless: silence))
                            .flatMap { server.pipeline.addHandler(Forwarder(to: client, unless: silence)) }
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        return try #require(channel.localAddress?.port)
    }
}

/// Whether a connection of the proxy swallows what it is sent.
private final class Silence: Sendable {
    private let state = Mutex(false)

    var hasBegun: Bool { state.withLock { $0 } }

    func begin() { state.withLock { $0 = true } }
}

private final class Forwarder: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let peer: any Channel
    private let silence: Silence

    init(to peer: any Channel, unless silence: Silence) {
        self.peer = peer
        self.silence = silence
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !silence.hasBegun { peer.writeAndFlush(unwrapInboundIn(data), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }
}
