import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A TCP proxy on loopback that can cut its connections, or let them stand and swallow what they carry.
package final class FaultProxy: Sendable {
    package enum Fault: Sendable {
        case none
        /// What the broker sends is swallowed.
        case deafClient
        /// What the clients send is swallowed.
        case deafBroker
        /// Both directions are swallowed.
        case blackHole
        /// New connections are closed at once.
        case refusing
    }

    private struct State {
        var fault = Fault.none
        /// Bytes at which the clients become deaf.
        var trigger: [UInt8] = []
        var channels: [ObjectIdentifier: any Channel] = [:]
        var clients: [any Channel] = []
        /// Are told of each chunk of bytes that the clients send.
        var chunkWatchers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Listens, runs the body with the proxy's port, and closes everything.
    package static func with<T>(
        host: String, port: Int, tls: NIOSSLContext? = nil, _ body: (FaultProxy, Int) async throws -> T
    ) async throws -> T {
        let proxy = FaultProxy()
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inbound in
                inbound.eventLoop.makeCompletedFuture {
                    guard let tls else { return }
                    try inbound.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                }.flatMap { proxy.join(inbound, host: host, port: port) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        defer {
            listener.close(promise: nil)
            proxy.cut()
        }
        return try await body(proxy, listener.localAddress?.port ?? 0)
    }

    /// Returns when the clients have sent so many more chunks of bytes.
    package func chunksToBroker(_ count: Int) async {
        let (chunks, watcher) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.chunkWatchers.append(watcher) }
        var left = count
        for await _ in chunks {
            left -= 1
            if left == 0 { return }
        }
    }

    /// What happens to bytes and new connections from now on.
    package func set(_ fault: Fault) { state.withLock { $0.fault = fault } }

    /// Swallows what the broker sends from the moment that a client sends this text, which itself goes through.
    package func becomeDeaf(at text: String) { state.withLock { $0.trigger = Array(text.utf8) } }

    /// Closes every connection.
    package func cut() {
        let channels = state.withLock { state in
            defer {
                state.channels = [:]
                state.clients = []
            }
            return Array(state.channels.values)
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Sends bytes to every client as if they came from the broker; on idle connections they stand between frames.
    package func inject(_ bytes: [UInt8]) {
        for client in state.withLock({ $0.clients }) {
            client.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
    }

    private func join(_ inbound: any Channel, host: String, port: Int) -> EventLoopFuture<Void> {
        let isRefused = state.withLock { state -> Bool in
            if case .refusing = state.fault { return true }
            state.channels[ObjectIdentifier(inbound)] = inbound
            state.clients.append(inbound)
            return false
        }
        if isRefused { return inbound.close() }
        return ClientBootstrap(group: inbound.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: host, port: port)
            .flatMap { outbound in
                self.state.withLock { $0.channels[ObjectIdentifier(outbound)] = outbound }
                return inbound.eventLoop.makeCompletedFuture {
                    try inbound.pipeline.syncOperations.addHandler(
                        Glue(peer: outbound) { self.passes($0, toBroker: true) })
                    try outbound.pipeline.syncOperations.addHandler(
                        Glue(peer: inbound) { self.passes($0, toBroker: false) })
                    try inbound.syncOptions?.setOption(.autoRead, value: true)
                    try outbound.syncOptions?.setOption(.autoRead, value: true)
                }
            }
    }

    private func passes(_ bytes: ByteBuffer?, toBroker: Bool) -> Bool {
        state.withLock { state in
            if toBroker, !state.trigger.isEmpty, bytes?.readableBytesView.firstRange(of: state.trigger) != nil {
                (state.fault, state.trigger) = (.deafClient, [])
            }
            if toBroker { for watcher in state.chunkWatchers { watcher.yield() } }
            return switch state.fault {
            case .none, .refusing: true
            case .deafClient: toBroker
            case .deafBroker: !toBroker
            case .blackHole: false
            }
        }
    }
}

private final class Glue: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let peer: any Channel
    /// Of the bytes, or of the connection's end.
    private let passes: @Sendable (ByteBuffer?) -> Bool

    init(peer: any Channel, passes: @escaping @Sendable (ByteBuffer?) -> Bool) {
        self.peer = peer
        self.passes = passes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if passes(bytes) { peer.writeAndFlush(bytes, promise: nil) }
    }

    // A black hole swallows the end of a connection too.
    func channelInactive(context: ChannelHandlerContext) {
        if passes(nil) { peer.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
