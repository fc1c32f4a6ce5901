import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on loopback that cuts its connections without a goodbye.
final class CuttingProxy: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let refuses = Mutex(false)

    /// Listens, runs `body` with the proxy's port, and closes everything.
    static func with<Value: Sendable>(
        host: String, port: Int, _ body: (CuttingProxy, Int) async throws -> Value
    ) async throws -> Value {
        let proxy = CuttingProxy()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { proxy.join($0, host: host, port: port) }
            .bind(host: "127.0.0.1", port: 0).get()
        defer {
            listener.close(promise: nil)
            proxy.cut()
        }
        return try await body(proxy, listener.localAddress?.port ?? 0)
    }

    /// Whether new connections are closed at once.
    func refuse(_ refuse: Bool) { refuses.withLock { $0 = refuse } }

    /// Closes every connection.
    func cut() {
        let open = channels.withLock { channels in
            defer { channels = [:] }
            return Array(channels.values)
        }
        for channel in open { channel.close(promise: nil) }
    }

    private func join(_ inbound: any Channel, host: String, port: Int) -> EventLoopFuture<Void> {
        if refuses.withLock({ $0 }) { return inbound.close() }
        return ClientBootstrap(group: inbound.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: host, port: port)
            .flatMap { outbound in
                self.channels.withLock {
                    $0[ObjectIdentifier(inbound)] = inbound
                    $0[ObjectIdentifier(outbound)] = outbound
                }
                return inbound.eventLoop.makeCompletedFuture {
                    try inbound.pipeline.syncOperations.addHandler(Pass(to: outbound))
                    try outbound.pipeline.syncOperations.addHandler(Pass(to: inbound))
                    try inbound.syncOptions?.setOption(.autoRead, value: true)
                    try outbound.syncOptions?.setOption(.autoRead, value: true)
                }
            }
    }
}

/// Hands bytes, and the end of a connection, on to the other side.
private final class Pass: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let peer: any Channel

    init(to peer: any Channel) { self.peer = peer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        peer.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
